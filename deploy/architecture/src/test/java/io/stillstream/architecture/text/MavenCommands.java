package io.stillstream.architecture.text;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Whether the goals, properties, profiles, modules and tests of a call of Maven exist. */
final class MavenCommands {
  private static final Set<String> GOALS =
      Set.of("clean", "test", "package", "verify", "install", "deploy", "spotless:apply");
  private static final Set<String> FLAGS =
      Set.of("-q", "-B", "-ntp", "-o", "-am", "-T1", "-e", "-P", "-pl");

  /** Of plugins and of Testcontainers; all others are the project's. */
  private static final Set<String> FOREIGN_PROPERTIES =
      Set.of(
          "api.version",
          "maven.test.skip",
          "surefire.failIfNoSpecifiedTests",
          "surefire.rerunFailingTestsCount",
          "failsafe.failIfNoSpecifiedTests",
          "failsafe.rerunFailingTestsCount",
          "spotless.check.skip");

  private static final Set<String> TESTS = Set.of("test", "it.test");

  /** Names no test, so that none of this kind runs. */
  private static final String NO_TEST = "None";

  private final String poms;
  private final String sources;
  private final Set<String> classes;

  MavenCommands() throws IOException {
    StringBuilder text = new StringBuilder();
    for (Path pom : ProjectFiles.withSuffix("pom.xml")) {
      text.append(Files.readString(pom));
    }
    poms = text.toString();
    List<Path> java = ProjectFiles.withSuffix(".java");
    StringBuilder tests = new StringBuilder();
    for (Path file : java) {
      if (file.toString().contains("/src/test/")) {
        tests.append(Files.readString(file));
      }
    }
    sources = tests.toString();
    classes =
        java.stream()
            .map(file -> file.getFileName().toString().replace(".java", ""))
            .collect(Collectors.toSet());
  }

  Optional<String> fault(ShellCommand command) {
    if (!command.startsWith("mvn")) {
      return Optional.empty();
    }
    String before = "";
    for (String word : command.from(1)) {
      Optional<String> fault = fault(before, word);
      if (fault.isPresent()) {
        return fault;
      }
      before = word;
    }
    return Optional.empty();
  }

  private Optional<String> fault(String before, String word) {
    boolean right;
    if (before.equals("-pl")) {
      right = Stream.of(word.split(",", -1)).allMatch(name -> has("<module>" + name + "</module>"));
    } else if (word.startsWith("-D")) {
      String[] property = word.substring(2).split("=", 2);
      right = TESTS.contains(property[0]) ? areTests(property[1]) : isProperty(property[0]);
    } else if (word.startsWith("-P") && word.length() > 2) {
      right = has("<id>" + word.substring(2) + "</id>");
    } else {
      right = GOALS.contains(word) || FLAGS.contains(word);
    }
    return right ? Optional.empty() : Optional.of("the build has no " + word);
  }

  private boolean has(String text) {
    return poms.contains(text);
  }

  private boolean areTests(String names) {
    return Stream.of(names.split(",", -1)).allMatch(name -> isTest(name.split("#", 2)[0]));
  }

  private boolean isTest(String name) {
    return name.equals(NO_TEST) || classes.contains(name);
  }

  /** A property of a POM, one that activates a profile, or one that a test reads. */
  private boolean isProperty(String name) {
    return FOREIGN_PROPERTIES.contains(name)
        || has("<" + name + ">")
        || has("<name>" + name + "</name>")
        || has("${" + name + "}")
        || sources.contains('"' + name + '"');
  }
}
