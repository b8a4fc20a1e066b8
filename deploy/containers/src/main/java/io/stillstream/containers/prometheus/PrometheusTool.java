package io.stillstream.containers.prometheus;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The programs of Debian's package prometheus. */
public enum PrometheusTool {
  PROMETHEUS("prometheus"),
  PROMTOOL("promtool");

  private final String program;

  PrometheusTool(String program) {
    this.program = program;
  }

  /** Starts it, with its output in a file. */
  public Process start(Path log, String... arguments) {
    return start(new ProcessBuilder(command(arguments)).redirectOutput(log.toFile()));
  }

  /** Runs it to its end with this input, and fails unless it says that all is well. */
  public void check(String input, String... arguments) throws Exception {
    Process process = start(new ProcessBuilder(command(arguments)));
    try (var in = process.getOutputStream()) {
      in.write(input.getBytes(StandardCharsets.UTF_8));
    }
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    int code = process.waitFor();
    if (code != 0) {
      throw new AssertionError(
          String.join(" ", command(arguments)) + " ended with " + code + ":\n" + output);
    }
  }

  private Process start(ProcessBuilder builder) {
    try {
      return builder.redirectErrorStream(true).start();
    } catch (IOException e) {
      throw new AssertionError(program + " cannot be run", e);
    }
  }

  private List<String> command(String... arguments) {
    List<String> command = new ArrayList<>();
    command.add(program);
    command.addAll(List.of(arguments));
    return command;
  }
}
