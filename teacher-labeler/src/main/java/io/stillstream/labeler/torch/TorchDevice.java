package io.stillstream.labeler.torch;

import ai.djl.Device;
import ai.djl.engine.Engine;
import ai.djl.engine.EngineException;
import ai.djl.engine.StandardCapabilities;
import io.stillstream.runtime.config.StartupException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Where a module computes, as the setting {@code devices} names it: {@code cpu}, {@code gpu0},
 * {@code gpu1}…
 */
record TorchDevice(String name) {
  static final TorchDevice CPU = new TorchDevice("cpu");
  static final String AUTO = "auto";

  private static final String GPU = "gpu";

  /**
   * The devices of a setting: {@code auto}, or names with commas between them.
   *
   * @throws StartupException naming the key, if libtorch does not see one of them
   */
  static List<TorchDevice> choose(String setting) {
    int gpus = gpus();
    if (setting.equals(AUTO)) {
      return gpus == 0
          ? List.of(CPU)
          : IntStream.range(0, gpus).mapToObj(TorchDevice::gpu).toList();
    }
    List<TorchDevice> chosen = new ArrayList<>();
    for (String name : setting.split(",", -1)) {
      TorchDevice device = new TorchDevice(name.strip());
      if (device.isGpu() && device.number() >= gpus) {
        throw new StartupException(
            "devices: there is no %s: libtorch sees %s"
                .formatted(
                    device.name, gpus == 0 ? "no GPU, only cpu" : "gpu0 to gpu" + (gpus - 1)));
      }
      chosen.add(device);
    }
    return chosen;
  }

  boolean isGpu() {
    return name.startsWith(GPU);
  }

  Device djl() {
    return isGpu() ? Device.gpu(number()) : Device.cpu();
  }

  private static TorchDevice gpu(int number) {
    return new TorchDevice(GPU + number);
  }

  private int number() {
    return Integer.parseInt(name.substring(GPU.length()));
  }

  /** A libtorch without CUDA sees none, whatever the machine has. */
  private static int gpus() {
    try {
      Engine engine = Engine.getEngine(TorchModule.ENGINE);
      return engine.hasCapability(StandardCapabilities.CUDA) ? engine.getGpuCount() : 0;
    } catch (EngineException e) {
      throw new StartupException("libtorch does not start: " + TorchModule.firstLine(e), e);
    }
  }
}
