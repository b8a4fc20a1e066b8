package io.stillstream.faults.process;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** How the processes are started: as the images and deploy/stillstream start them. */
public record ProcessFactory(Path home, Path directory) {
  // Short lives: compiling well would cost more than it gains.
  private static final String QUICK = "-XX:TieredStopAtLevel=1";

  // All of the heap is there from the start, so that growing memory is native.
  private static final List<String> HEAP = List.of("-Xms256m", "-Xmx256m", "-XX:+AlwaysPreTouch");

  /** A service whose settings are in {@code NAME.yaml} of the directory. */
  public ManagedProcess service(String name, String jar) {
    Path file = home.resolve(jar);
    if (!Files.isRegularFile(file)) {
      throw new IllegalStateException(file + " is missing: the services have to be built before");
    }
    List<String> arguments = new ArrayList<>(HEAP);
    arguments.addAll(
        List.of("-jar", file.toString(), "--config", directory.resolve(name + ".yaml").toString()));
    return part(name, arguments);
  }

  /** Broker or registry, from this module's classes. */
  public ManagedProcess dependency(String kind, Path store, int port) {
    return part(
        kind,
        List.of(
            "-Xmx400m",
            "-cp",
            System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
            DependencyMain.class.getName(),
            kind,
            store.toString(),
            Integer.toString(port)));
  }

  private ManagedProcess part(String name, List<String> arguments) {
    List<String> command =
        new ArrayList<>(
            List.of(
                "bash",
                "-c",
                "source \"$0\" && exec \"$@\"",
                home.resolve("deploy/environment").toString(),
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "@" + home.resolve("deploy/jvm.options"),
                QUICK));
    command.addAll(arguments);
    return new ManagedProcess(name, command, directory);
  }
}
