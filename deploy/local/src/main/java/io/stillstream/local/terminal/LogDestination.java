package io.stillstream.local.terminal;

import java.nio.file.Path;

/** Where the log goes; to be said before the first logger is made, the command line wins. */
public final class LogDestination {
  private static final String CONFIGURATION = "logback.configurationFile";

  private LogDestination() {}

  /** Errors to stderr: the commands talk to the user on stdout themselves. */
  public static void toConsole() {
    setDefault(CONFIGURATION, "io/stillstream/local/logback-console.xml");
  }

  /** Everything to a file, errors to stderr too. */
  public static void toFile(Path file) {
    setDefault("stillstream.log.file", file.toString());
    setDefault(CONFIGURATION, "io/stillstream/local/logback-demo.xml");
  }

  private static void setDefault(String property, String value) {
    if (System.getProperty(property) == null) {
      System.setProperty(property, value);
    }
  }
}
