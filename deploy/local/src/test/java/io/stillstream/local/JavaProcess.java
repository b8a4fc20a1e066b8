package io.stillstream.local;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;

/** A main class of this build in a process of its own, for tests; what it prints is kept. */
public final class JavaProcess implements AutoCloseable {
  private final Process process;
  private final List<String> lines = new CopyOnWriteArrayList<>();
  private final Thread reader = new Thread(this::read, "output");

  private JavaProcess(Process process) {
    this.process = process;
    reader.setDaemon(true);
    reader.start();
  }

  public static JavaProcess start(Class<?> main, String... args) throws IOException {
    return start(Map.of(), main, args);
  }

  /** With these variables beside those of this process. */
  static JavaProcess start(Map<String, String> environment, Class<?> main, String... args)
      throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.add("-Xmx900m");
    command.add("-XX:+UseSerialGC");
    // They live for seconds: what the second compiler does for them comes too late.
    command.add("-XX:TieredStopAtLevel=1");
    command.add("-Dstillstream.home=" + Path.of("../..").toAbsolutePath().normalize());
    command.add("-cp");
    command.add(
        System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")));
    command.add(main.getName());
    command.addAll(List.of(args));
    ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
    builder.environment().putAll(environment);
    return new JavaProcess(builder.start());
  }

  /** Everything that it printed so far. */
  public List<String> lines() {
    return lines;
  }

  public boolean printed(String part) {
    return lines.stream().anyMatch(line -> line.contains(part));
  }

  public boolean alive() {
    return process.isAlive();
  }

  /** Waits for its end; -1 when it takes too long. */
  public int exitCode(long seconds) throws InterruptedException {
    if (!process.waitFor(seconds, TimeUnit.SECONDS)) {
      return -1;
    }
    reader.join();
    return process.exitValue();
  }

  /** Lets it run for a while; returns early when it ends. */
  void run(long millis) throws InterruptedException {
    process.waitFor(millis, TimeUnit.MILLISECONDS);
  }

  /** SIGKILL, and waits until it is gone. */
  public void kill() throws InterruptedException {
    process.destroyForcibly().waitFor();
    reader.join();
  }

  /** SIGTERM. */
  public void terminate() {
    // Not Process.destroy, which closes the streams: its last words are wanted.
    process.toHandle().destroy();
  }

  @Override
  public void close() {
    process.destroyForcibly();
  }

  private void read() {
    try (BufferedReader out =
        new BufferedReader(
            new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
      out.lines().forEach(lines::add);
    } catch (IOException | UncheckedIOException e) {
      lines.add("output ended: " + e);
    }
  }
}
