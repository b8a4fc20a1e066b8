package io.stillstream.containers.tools;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.parsers.ParserConfigurationException;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;
import org.xml.sax.SAXException;

/**
 * The tests that a build has left out, each with its reason: what Surefire's and Failsafe's reports
 * say was skipped. The last module of the build prints it.
 */
final class SkippedTests {
  private static final String REPORTS = "glob:**/target/*-reports/TEST-*.xml";

  /** Names of tests by reason. */
  private final Map<String, TreeSet<String>> byReason = new TreeMap<>();

  private SkippedTests() {}

  /**
   * Reads the reports below a directory that were written since then; older ones are of other
   * builds.
   */
  static SkippedTests read(Path root, Instant since) throws IOException {
    SkippedTests skipped = new SkippedTests();
    for (Path report : reports(root)) {
      if (!Files.getLastModifiedTime(report).toInstant().isBefore(since)) {
        skipped.add(report);
      }
    }
    return skipped;
  }

  /** Lines to print. */
  List<String> lines() {
    if (byReason.isEmpty()) {
      return List.of("No test was left out for want of a tool.");
    }
    List<String> lines = new ArrayList<>(List.of("Tests that were left out:"));
    byReason.forEach(
        (reason, names) -> {
          lines.add("  " + reason);
          names.forEach(name -> lines.add("    " + name));
        });
    return lines;
  }

  /**
   * Prints what was left out.
   *
   * @param arguments the root directory, when the build began (ISO 8601), and sentences about what
   *     was not asked for
   */
  public static void main(String[] arguments) throws IOException {
    List<String> lines =
        new ArrayList<>(read(Path.of(arguments[0]), Instant.parse(arguments[1])).lines());
    Stream.of(arguments).skip(2).filter(sentence -> !sentence.isEmpty()).forEach(lines::add);
    lines.forEach(System.out::println);
  }

  private static List<Path> reports(Path root) throws IOException {
    var matcher = root.getFileSystem().getPathMatcher(REPORTS);
    // At most deploy/MODULE/target/KIND-reports/FILE.
    try (Stream<Path> files = Files.find(root, 5, (path, attributes) -> matcher.matches(path))) {
      return files.sorted().toList();
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
  }

  private void add(Path report) throws IOException {
    NodeList cases;
    try {
      cases =
          DocumentBuilderFactory.newInstance()
              .newDocumentBuilder()
              .parse(report.toFile())
              .getElementsByTagName("testcase");
    } catch (ParserConfigurationException | SAXException e) {
      throw new IOException(report + " is no report of tests", e);
    }
    IntStream.range(0, cases.getLength()).mapToObj(i -> (Element) cases.item(i)).forEach(this::add);
  }

  private void add(Element test) {
    NodeList skipped = test.getElementsByTagName("skipped");
    if (skipped.getLength() == 0) {
      return;
    }
    String reason = ((Element) skipped.item(0)).getAttribute("message");
    String method = test.getAttribute("name");
    String name = test.getAttribute("classname") + (method.isEmpty() ? "" : "." + method);
    byReason
        .computeIfAbsent(reason.isEmpty() ? "without a reason" : reason, each -> new TreeSet<>())
        .add(name);
  }
}
