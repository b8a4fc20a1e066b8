package io.stillstream.bench.load.deployment;

import io.stillstream.runtime.config.StartupException;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * A virtual machine of its own, started as {@code deploy/stillstream} starts them, its heap in
 * memory from the beginning. Its output goes into a file. It is closed with SIGTERM, and killed
 * when this process ends before it.
 */
final class ForkedJvm implements AutoCloseable {
  private static final int LAST_LINES = 12;

  /** A service closes itself within 60 s. */
  private static final long PATIENCE_SECONDS = 70;

  private final String name;
  private final Process process;
  private final Path log;
  private final Thread killer;

  private ForkedJvm(String name, Process process, Path log) {
    this.name = name;
    this.process = process;
    this.log = log;
    this.killer = new Thread(process::destroyForcibly, "killer");
    Runtime.getRuntime().addShutdownHook(killer);
  }

  /**
   * Starts it.
   *
   * @param home the project's directory
   * @param heap as in {@code -Xmx}
   * @param directory where its output and its temporary files go
   * @param outputIsRead whether its standard output is a pipe, and its errors alone go to the file
   * @param arguments what comes behind the options of the virtual machine
   */
  static ForkedJvm start(
      String name,
      Path home,
      String heap,
      Path directory,
      boolean outputIsRead,
      List<String> arguments) {
    Path temporary = directory.resolve("tmp");
    Path log = directory.resolve(name + ".log");
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.add("@" + home.resolve("deploy/jvm.options"));
    command.addAll(List.of("-Xms" + heap, "-Xmx" + heap, "-XX:+AlwaysPreTouch"));
    command.add("-Djava.io.tmpdir=" + temporary);
    command.add("-Dstillstream.home=" + home);
    command.addAll(arguments);
    ProcessBuilder builder = new ProcessBuilder(command).directory(home.toFile());
    builder.environment().putIfAbsent("STILLSTREAM_LOG_LEVEL", "WARN");
    builder.redirectError(log.toFile());
    if (!outputIsRead) {
      builder.redirectErrorStream(true).redirectOutput(log.toFile());
    }
    try {
      Files.createDirectories(temporary);
      return new ForkedJvm(name, builder.start(), log);
    } catch (IOException e) {
      throw new StartupException(name + " cannot be started: " + e.getMessage(), e);
    }
  }

  ProcessHandle handle() {
    return process.toHandle();
  }

  /** The first line that it prints. */
  String firstLine() {
    try {
      BufferedReader reader = process.inputReader(StandardCharsets.UTF_8);
      String line = reader.readLine();
      if (line == null) {
        throw ended();
      }
      return line;
    } catch (IOException e) {
      throw new StartupException(name + " does not say where it is: " + e.getMessage(), e);
    }
  }

  /**
   * @throws StartupException with what it said at last, if it has ended
   */
  void requireAlive() {
    if (!process.isAlive()) {
      throw ended();
    }
  }

  /** Ends it in an orderly way: its input ends, and it gets SIGTERM. */
  @Override
  public void close() {
    process.destroy();
    try {
      if (!process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
        process.destroyForcibly().waitFor();
      }
      Runtime.getRuntime().removeShutdownHook(killer);
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
    } catch (IllegalStateException e) {
      // This process is ending, and the hook is at work.
      process.destroyForcibly();
    }
  }

  private StartupException ended() {
    return new StartupException(name + " has ended; its last lines:\n" + lastLines());
  }

  private String lastLines() {
    try {
      List<String> lines = Files.readAllLines(log);
      return String.join("\n", lines.subList(Math.max(0, lines.size() - LAST_LINES), lines.size()));
    } catch (IOException e) {
      return log + " cannot be read: " + e.getMessage();
    }
  }
}
