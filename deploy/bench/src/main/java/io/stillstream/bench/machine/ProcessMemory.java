package io.stillstream.bench.machine;

import io.stillstream.runtime.config.StartupException;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryMXBean;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * Memory of this process as Linux tells it, bytes.
 *
 * @param resident all that is in memory
 * @param outsideOfJava anonymous memory beside heap, classes and compiled code: what native
 *     libraries hold. Right only where the heap was touched in full at the start
 */
public record ProcessMemory(long resident, long outsideOfJava) {
  private static final Path STATUS = Path.of("/proc/self/status");
  private static final MemoryMXBean JAVA = ManagementFactory.getMemoryMXBean();

  /** As it is now. */
  public static ProcessMemory now() {
    try {
      List<String> status = Files.readAllLines(STATUS);
      long java =
          JAVA.getHeapMemoryUsage().getCommitted() + JAVA.getNonHeapMemoryUsage().getCommitted();
      return new ProcessMemory(value(status, "VmRSS:"), value(status, "RssAnon:") - java);
    } catch (IOException e) {
      throw new StartupException(STATUS + " cannot be read; this needs Linux", e);
    }
  }

  private static long value(List<String> status, String key) {
    return status.stream()
        .filter(line -> line.startsWith(key))
        .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) << 10)
        .findFirst()
        .orElseThrow(() -> new StartupException(STATUS + " has no " + key));
  }
}
