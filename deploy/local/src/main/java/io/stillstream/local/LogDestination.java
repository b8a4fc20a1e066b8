package io.stillstream.local;

import java.nio.file.Path;

/** Where the log goes; to be said before the first logger is made, the command line wins. */
final class LogDestination {
  private static final String CONFIGURATION = "logback.configurationFile";

  private LogDestination() {}

  /** Errors to stderr: the commands talk to the user on stdout themselves. */
  static void toConsole() {
    setDefault(CONFIGURATION, "io/stillstream/local/logback-console.xml");
  }

  /** Everything to a file, errors to stderr too. */
  static void toFile(Path file) {
    setDefault("stillstream.log.file", file.toString());
    setDefault(CONFIGURATION, "io/stillstream/local/logback-demo.xml");
  }

  private static void setDefault(String property, String value) {
    if (System.getProperty(property) == null) {
      System.setProperty(property, value);
    }
  }
}
