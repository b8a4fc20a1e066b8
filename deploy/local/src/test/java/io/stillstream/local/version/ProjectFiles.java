package io.stillstream.local.version;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import javax.xml.parsers.DocumentBuilderFactory;
import org.w3c.dom.Element;
import org.w3c.dom.Node;

/** The POMs of the project, and the files that have to agree with them. */
final class ProjectFiles {
  static final Path ROOT = Path.of("../..").toAbsolutePath().normalize();
  static final Path CHANGELOG = ROOT.resolve("deploy/docs/CHANGELOG.md");

  private ProjectFiles() {}

  static String read(String file) {
    return read(ROOT.resolve(file));
  }

  static String read(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The root element of the project's own POM. */
  static Element pom() {
    return pom(ROOT.resolve("pom.xml"));
  }

  /** Of all modules, by their paths from the root. */
  static Map<String, Element> modulePoms() {
    Map<String, Element> poms = new TreeMap<>();
    for (Element module : children(child(pom(), "modules"))) {
      String path = module.getTextContent();
      poms.put(path, pom(ROOT.resolve(path).resolve("pom.xml")));
    }
    return poms;
  }

  static String version() {
    return text(pom(), "version");
  }

  /** The text of an element, by the names on the way to it; empty if there is none. */
  static String text(Element element, String... names) {
    Element found = element;
    for (String name : names) {
      found = found == null ? null : child(found, name);
    }
    return found == null ? "" : found.getTextContent().strip();
  }

  private static Element child(Element parent, String name) {
    return children(parent).stream()
        .filter(child -> child.getTagName().equals(name))
        .findFirst()
        .orElse(null);
  }

  private static List<Element> children(Element parent) {
    List<Element> children = new ArrayList<>();
    for (Node node = parent.getFirstChild(); node != null; node = node.getNextSibling()) {
      if (node instanceof Element element) {
        children.add(element);
      }
    }
    return children;
  }

  private static Element pom(Path file) {
    try {
      return DocumentBuilderFactory.newInstance()
          .newDocumentBuilder()
          .parse(file.toFile())
          .getDocumentElement();
    } catch (Exception e) {
      throw new IllegalStateException(file + " cannot be read", e);
    }
  }
}
