package io.stillstream.embedded.process;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** What Linux says of a process in {@code /proc/PID/status}. */
public final class ProcessStatus {
  private ProcessStatus() {}

  /**
   * An amount of memory in bytes; 0 when the process has ended, or on another system.
   *
   * @param key such as {@code VmRSS} or {@code RssAnon}
   */
  public static long bytes(ProcessHandle process, String key) {
    try {
      return Files.readAllLines(Path.of("/proc/" + process.pid() + "/status")).stream()
          .filter(line -> line.startsWith(key + ":"))
          .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) * 1024)
          .findFirst()
          .orElse(0);
    } catch (IOException e) {
      return 0;
    }
  }
}
