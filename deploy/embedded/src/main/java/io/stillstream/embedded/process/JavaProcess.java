package io.stillstream.embedded.process;

import io.stillstream.embedded.EmbeddedException;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * A JVM of its own, or another server, that can be started again and again. Its output is appended
 * to one log file. It is killed when this JVM ends before it. Used by one thread at a time.
 */
public final class JavaProcess implements AutoCloseable {
  private static final Duration END_TIMEOUT = Duration.ofMinutes(3);

  /** A service closes itself within 60 s. */
  private static final Duration STOP_TIMEOUT = Duration.ofSeconds(70);

  private static final int LAST_LINES = 12;

  private final String name;
  private final List<String> command;
  private final Path log;
  private final Thread killer;
  private Map<String, String> environment = Map.of();
  private volatile Process process;
  private long logBegin;

  /** Any command; not started. */
  public JavaProcess(String name, List<String> command, Path log) {
    this.name = name;
    this.command = List.copyOf(command);
    this.log = log;
    this.killer = new Thread(this::destroy, "kill-" + name);
  }

  /**
   * A main class on the class path of this JVM; not started.
   *
   * @param options of the virtual machine
   */
  public static JavaProcess ofMain(
      String name, Path log, List<String> options, Class<?> main, List<String> arguments) {
    List<String> command = new ArrayList<>();
    command.add(java());
    command.addAll(options);
    command.addAll(List.of("-cp", classPath(), main.getName()));
    command.addAll(arguments);
    return new JavaProcess(name, command, log);
  }

  public static String java() {
    return Path.of(System.getProperty("java.home"), "bin", "java").toString();
  }

  public static String classPath() {
    return System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
  }

  public String name() {
    return name;
  }

  /** Starts it with these variables added to its environment, now and at later starts. */
  public void start(Map<String, String> variables) {
    environment = Map.copyOf(variables);
    start();
  }

  /**
   * Starts it; returns at once.
   *
   * @throws EmbeddedException when the system refuses
   */
  public void start() {
    if (isAlive()) {
      throw new IllegalStateException(name + " runs already");
    }
    ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
    builder.redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()));
    builder.environment().putAll(environment);
    boolean first = process == null;
    try {
      logBegin = Files.exists(log) ? Files.size(log) : 0;
      process = builder.start();
    } catch (IOException e) {
      throw new EmbeddedException(name + " cannot be started: " + e.getMessage(), e);
    }
    if (first) {
      Runtime.getRuntime().addShutdownHook(killer);
    }
  }

  public boolean isAlive() {
    return process != null && process.isAlive();
  }

  /**
   * Checks that the process still runs.
   *
   * @throws EmbeddedException with its last lines, if it has ended
   */
  public void requireAlive() {
    if (!isAlive()) {
      throw new EmbeddedException(name + " has ended; its last lines:\n" + lastLines());
    }
  }

  public int exitCode() {
    return process.exitValue();
  }

  /** SIGKILL, and waits until it has ended; a suspended process can be killed, too. */
  public void kill() {
    process.destroyForcibly();
    awaitEnd();
  }

  /** SIGTERM, without waiting. */
  public void requestTermination() {
    // Not Process.destroy, which also closes the standard input: an end of two causes.
    process.toHandle().destroy();
  }

  /** SIGTERM, and waits until it has ended; its exit code. */
  public int terminate() {
    requestTermination();
    return awaitEnd();
  }

  /** SIGTERM, and SIGKILL where that does not end it in time. */
  public void stop() {
    if (isAlive()) {
      requestTermination();
      runFor(STOP_TIMEOUT);
    }
    close();
  }

  /** SIGSTOP. */
  public void suspend() {
    signal("STOP");
  }

  /** SIGCONT. */
  public void resume() {
    signal("CONT");
  }

  /** Lets it run, or stand, for a time; returns early when it ends. */
  public void runFor(Duration time) {
    try {
      process.waitFor(time.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      throw interrupted(e);
    }
  }

  /** Waits three minutes for its end; its exit code. */
  public int awaitEnd() {
    return awaitEnd(END_TIMEOUT);
  }

  /**
   * Waits for its end; its exit code.
   *
   * @throws EmbeddedException when it runs longer
   */
  public int awaitEnd(Duration timeout) {
    runFor(timeout);
    if (isAlive()) {
      throw new EmbeddedException(name + " does not end; its last lines:\n" + lastLines());
    }
    return process.exitValue();
  }

  /** The output since its latest start. */
  public String output() {
    try (RandomAccessFile file = new RandomAccessFile(log.toFile(), "r")) {
      byte[] bytes = new byte[Math.toIntExact(file.length() - logBegin)];
      file.seek(logBegin);
      file.readFully(bytes);
      return new String(bytes, StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The lines of its output since its latest start. */
  public List<String> lines() {
    return output().lines().toList();
  }

  public ProcessHandle handle() {
    return process.toHandle();
  }

  /** Resident memory, bytes; 0 when it has ended. */
  public long residentBytes() {
    return ProcessStatus.bytes(handle(), "VmRSS");
  }

  /** Kills it if it runs. */
  @Override
  public void close() {
    if (isAlive()) {
      kill();
    }
    try {
      Runtime.getRuntime().removeShutdownHook(killer);
    } catch (IllegalStateException e) {
      // This JVM is ending; the hook finds no process.
    }
  }

  private void destroy() {
    if (isAlive()) {
      process.destroyForcibly();
    }
  }

  private String lastLines() {
    List<String> lines = lines();
    return String.join("\n", lines.subList(Math.max(0, lines.size() - LAST_LINES), lines.size()));
  }

  private void signal(String signal) {
    // The shell's own kill: as a program it is not in every Debian.
    List<String> kill = List.of("sh", "-c", "kill -%s %d".formatted(signal, process.pid()));
    try {
      int code = new ProcessBuilder(kill).inheritIO().start().waitFor();
      if (code != 0) {
        throw new IllegalStateException("SIG%s to %s failed with %d".formatted(signal, name, code));
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      throw interrupted(e);
    }
  }

  private static IllegalStateException interrupted(InterruptedException e) {
    Thread.currentThread().interrupt();
    return new IllegalStateException(e);
  }
}
