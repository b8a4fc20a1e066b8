package io.stillstream.architecture.text;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** Whether a service or the page answers at the path of an address on a management port. */
final class CurlCommands {
  /** The ports of the services, of the page and of the demo in samples and texts. */
  private static final Pattern ADDRESS =
      Pattern.compile("(?:https?://)?[\\w.-]+:(?:94\\d\\d|PORT)(/[^?]*)?(\\?.*)?");

  /** Apart from those: the registry, and the server of the Python examples. */
  private static final Pattern OWN_MACHINE =
      Pattern.compile("(?:http://)?(?:localhost|127\\.0\\.0\\.1):(?!(8081|8000)\\b)\\d+.*");

  /** The paths of endpoints are literals; a number of a release stands in braces. */
  private static final Pattern LITERAL = Pattern.compile("\"(/[a-z{}/]*)\"");

  private final List<Pattern> paths;

  CurlCommands() throws IOException {
    paths = new ArrayList<>();
    for (Path file : ProjectFiles.withSuffix(".java")) {
      if (file.toString().contains("/src/main/")) {
        Matcher literal = LITERAL.matcher(Files.readString(file));
        while (literal.find()) {
          paths.add(pattern(literal.group(1)));
        }
      }
    }
  }

  /** What ends in a slash goes on with the name of a file. */
  private static Pattern pattern(String path) {
    String known =
        Stream.of(path.split("\\{[a-z]+}", -1))
            .map(Pattern::quote)
            .reduce((left, right) -> left + "[^/]+" + right)
            .orElseThrow();
    return Pattern.compile(
        path.length() > 1 && path.endsWith("/") ? known + "([\\w-]+\\.[\\w.]+)?" : known);
  }

  Optional<String> fault(ShellCommand command) {
    if (!command.startsWith("curl")) {
      return Optional.empty();
    }
    return command.from(1).stream().map(this::fault).flatMap(Optional::stream).findFirst();
  }

  /** Addresses elsewhere are not known here: downloads, a registry. */
  private Optional<String> fault(String word) {
    Matcher address = ADDRESS.matcher(word);
    if (address.matches()) {
      String path = address.group(1);
      return path != null && paths.stream().anyMatch(known -> known.matcher(path).matches())
          ? Optional.empty()
          : Optional.of("nothing answers there");
    }
    return OWN_MACHINE.matcher(word).matches()
        ? Optional.of("no service listens there")
        : Optional.empty();
  }
}
