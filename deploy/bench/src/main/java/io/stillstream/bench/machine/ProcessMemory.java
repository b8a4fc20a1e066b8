package io.stillstream.bench.machine;

import io.stillstream.embedded.process.ProcessStatus;
import io.stillstream.runtime.config.StartupException;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryMXBean;

/**
 * Memory of this process as Linux tells it, bytes.
 *
 * @param resident all memory pages
 * @param outsideOfJava anonymous memory beside heap, classes and compiled code: what native
 *     libraries hold. Right only where the heap was touched in full at the start
 */
public record ProcessMemory(long resident, long outsideOfJava) {
  private static final MemoryMXBean JAVA = ManagementFactory.getMemoryMXBean();

  /**
   * As it is now.
   *
   * @throws StartupException on a system other than Linux
   */
  public static ProcessMemory now() {
    long java =
        JAVA.getHeapMemoryUsage().getCommitted() + JAVA.getNonHeapMemoryUsage().getCommitted();
    return new ProcessMemory(value("VmRSS"), value("RssAnon") - java);
  }

  private static long value(String key) {
    long bytes = ProcessStatus.bytes(ProcessHandle.current(), key);
    if (bytes == 0) {
      throw new StartupException("/proc/self/status has no " + key + "; this needs Linux");
    }
    return bytes;
  }
}
