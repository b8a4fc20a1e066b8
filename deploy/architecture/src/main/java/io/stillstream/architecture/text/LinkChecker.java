package io.stillstream.architecture.text;

import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.regex.Pattern;

/** Whether links lead to what is there. Addresses outside of the project are not asked. */
final class LinkChecker {
  private static final Pattern OWN_MACHINE =
      Pattern.compile("http://(localhost|127\\.0\\.0\\.1)(:\\d+)?(/.*)?");

  private LinkChecker() {}

  /** What is wrong with the link; empty if nothing is. */
  static Optional<String> fault(MarkdownText text, TextLink link) throws IOException {
    String target = link.target();
    if (target.contains(":")) {
      return OWN_MACHINE.matcher(target).matches() || isHttps(target)
          ? Optional.empty()
          : Optional.of(target + " is no https address");
    }
    String[] parts = target.split("#", 2);
    Path file = parts[0].isEmpty() ? text.path() : text.path().resolveSibling(parts[0]).normalize();
    if (!Files.exists(file) || isBuilt(file)) {
      return Optional.of(target + " is not there");
    }
    if (parts.length == 1) {
      return Optional.empty();
    }
    return file.toString().endsWith(".md") && MarkdownText.read(file).anchors().contains(parts[1])
        ? Optional.empty()
        : Optional.of(target + " has no such section");
  }

  private static boolean isHttps(String target) {
    try {
      URI uri = new URI(target);
      return "https".equals(uri.getScheme())
          && uri.getHost() != null
          && uri.getHost().contains(".");
    } catch (URISyntaxException e) {
      return false;
    }
  }

  /** A clone does not have what a build has made. */
  private static boolean isBuilt(Path file) {
    for (Path part : file) {
      if (part.toString().equals("target")) {
        return true;
      }
    }
    return false;
  }
}
