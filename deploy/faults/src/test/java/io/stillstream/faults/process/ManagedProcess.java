package io.stillstream.faults.process;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** A process that can be started again and again. What it prints goes to one file. */
public final class ManagedProcess implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofMinutes(3);

  private final String name;
  private final List<String> command;
  private final Path log;
  private Map<String, String> environment = Map.of();
  private Process process;
  private long logBegin;

  ManagedProcess(String name, List<String> command, Path directory) {
    this.name = name;
    this.command = List.copyOf(command);
    this.log = directory.resolve(name + ".log");
  }

  public String name() {
    return name;
  }

  /** Starts it with some more in its environment, now and at later starts. */
  public void start(Map<String, String> more) {
    environment = Map.copyOf(more);
    start();
  }

  public void start() {
    if (isAlive()) {
      throw new IllegalStateException(name + " runs already");
    }
    ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
    builder.redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()));
    builder.environment().putAll(environment);
    try {
      logBegin = Files.exists(log) ? Files.size(log) : 0;
      process = builder.start();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  public boolean isAlive() {
    return process != null && process.isAlive();
  }

  /** How it ended. */
  public int exitCode() {
    return process.exitValue();
  }

  /** SIGKILL, and waits until it is gone. */
  public void kill() {
    process.destroyForcibly();
    awaitEnd();
  }

  /** SIGTERM, without waiting. */
  public void requestTermination() {
    process.destroy();
  }

  /** SIGTERM, and waits until it is gone; its exit code. */
  public int terminate() {
    process.destroy();
    awaitEnd();
    return process.exitValue();
  }

  /** SIGSTOP. */
  public void suspend() {
    signal("STOP");
  }

  /** SIGCONT. */
  public void resume() {
    signal("CONT");
  }

  /** Lets it run, or stand, for a while; returns early when it ends. */
  public void runFor(Duration time) {
    try {
      process.waitFor(time.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      throw interrupted(e);
    }
  }

  /** Waits until it has ended by itself; its exit code. */
  public int awaitEnd() {
    try {
      if (!process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
        throw new AssertionError(name + " does not end; its log is " + log);
      }
      return process.exitValue();
    } catch (InterruptedException e) {
      throw interrupted(e);
    }
  }

  /** What it has printed since its latest start. */
  public String outputSinceStart() {
    try (RandomAccessFile file = new RandomAccessFile(log.toFile(), "r")) {
      byte[] bytes = new byte[Math.toIntExact(file.length() - logBegin)];
      file.seek(logBegin);
      file.readFully(bytes);
      return new String(bytes, StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  long pid() {
    return process.pid();
  }

  /** Memory that it has in the machine, bytes. */
  public long residentBytes() {
    try (var lines = Files.lines(Path.of("/proc", Long.toString(pid()), "status"))) {
      return lines
          .filter(line -> line.startsWith("VmRSS:"))
          .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) * 1024)
          .findFirst()
          .orElse(0);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Ends it at once; a frozen process can be killed, too. */
  @Override
  public void close() {
    if (isAlive()) {
      kill();
    }
  }

  private void signal(String signal) {
    // The shell's own kill: as a program it is not in every Debian.
    SystemCommand.run("sh", "-c", "kill -%s %d".formatted(signal, pid()));
  }

  private static IllegalStateException interrupted(InterruptedException e) {
    Thread.currentThread().interrupt();
    return new IllegalStateException(e);
  }
}
