package io.stillstream.local;

import io.stillstream.embedded.process.JavaProcess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** Starts main classes of this build in processes of their own, for tests. */
public final class MainProcess {
  // They live for seconds: what the second compiler does for them comes too late.
  private static final List<String> OPTIONS =
      List.of(
          "-Xmx900m",
          "-XX:+UseSerialGC",
          "-XX:TieredStopAtLevel=1",
          "-Dstillstream.home=" + Path.of("../..").toAbsolutePath().normalize());

  private MainProcess() {}

  public static JavaProcess start(Class<?> main, String... args) throws IOException {
    return start(Map.of(), main, args);
  }

  /** With these variables added to its environment. */
  static JavaProcess start(Map<String, String> environment, Class<?> main, String... args)
      throws IOException {
    String name = main.getSimpleName();
    Path log = Files.createTempFile(Files.createDirectories(Path.of("target/logs")), name, ".log");
    JavaProcess process = JavaProcess.ofMain(name, log, OPTIONS, main, List.of(args));
    process.start(environment);
    return process;
  }
}
