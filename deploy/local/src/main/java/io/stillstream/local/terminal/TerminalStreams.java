package io.stillstream.local.terminal;

import java.io.PrintWriter;
import java.util.List;
import java.util.Map;
import java.util.Properties;

/**
 * Which of the standard streams a person watches, and whether colours are welcome there.
 *
 * @param out whether stdout is a terminal
 * @param err whether stderr is one
 * @param colors whether terminals may show colours
 */
public record TerminalStreams(boolean out, boolean err, boolean colors) {
  /** No terminal: pipes and files, as tests have them. */
  public static final TerminalStreams NONE = new TerminalStreams(false, false, false);

  /** The option that refuses colours. */
  public static final String NO_COLOR = "--no-color";

  /**
   * Those of a process. The launcher says which streams are terminals: Java's console would need
   * stdin to be one too. A variable {@code NO_COLOR} that is not empty refuses colours, see
   * no-color.org; so does a terminal that can do nothing, {@code TERM=dumb}.
   *
   * @param properties {@code stillstream.terminal} for stdout, {@code stillstream.terminal.err}
   * @param environment variables of the process
   * @param arguments of the command line
   */
  public static TerminalStreams of(
      Properties properties, Map<String, String> environment, List<String> arguments) {
    return new TerminalStreams(
        Boolean.parseBoolean(properties.getProperty("stillstream.terminal")),
        Boolean.parseBoolean(properties.getProperty("stillstream.terminal.err")),
        environment.getOrDefault("NO_COLOR", "").isEmpty()
            && !environment.getOrDefault("TERM", "").equals("dumb")
            && !arguments.contains(NO_COLOR));
  }

  /** A writer to stdout. */
  public TerminalWriter out(PrintWriter stdout) {
    return new TerminalWriter(stdout, out, colors);
  }

  /** A writer to stderr. */
  public TerminalWriter err(PrintWriter stderr) {
    return new TerminalWriter(stderr, err, colors);
  }
}
