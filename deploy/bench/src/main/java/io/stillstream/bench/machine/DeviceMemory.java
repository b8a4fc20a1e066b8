package io.stillstream.bench.machine;

import io.stillstream.runtime.config.StartupException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** Memory in use on the first GPU, as {@code nvidia-smi} tells it: that of all processes. */
public final class DeviceMemory {
  private static final List<String> COMMAND =
      List.of("nvidia-smi", "--id=0", "--query-gpu=memory.used", "--format=csv,noheader,nounits");

  private DeviceMemory() {}

  /**
   * Bytes.
   *
   * @throws StartupException if nvidia-smi is not there or answers something else
   */
  public static long used() {
    try {
      Process process = new ProcessBuilder(COMMAND).redirectErrorStream(true).start();
      String answer =
          new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
      return Long.parseLong(answer) << 20;
    } catch (IOException | NumberFormatException e) {
      throw new StartupException("nvidia-smi does not tell the GPU's memory: " + e, e);
    }
  }
}
