package io.stillstream.trainer.torch;

import ai.djl.Device;
import ai.djl.engine.Engine;
import ai.djl.engine.EngineException;
import ai.djl.engine.StandardCapabilities;
import io.stillstream.runtime.config.StartupException;

/** Where a student computes, as the setting {@code device} names it: {@code cpu}, {@code gpu0}… */
record StudentDevice(String name) {
  private static final String AUTO = "auto";
  private static final StudentDevice CPU = new StudentDevice("cpu");
  private static final String GPU = "gpu";

  /**
   * The device of a setting; {@code auto} is the first GPU that libtorch sees, or else the CPU.
   *
   * @throws StartupException naming the key, if libtorch does not see it
   */
  static StudentDevice choose(String setting) {
    return setting.equals(CPU.name) ? CPU : choose(setting, gpus());
  }

  /**
   * The same where libtorch sees so many GPUs.
   *
   * @throws StartupException as above
   */
  static StudentDevice choose(String setting, int gpus) {
    if (setting.equals(AUTO)) {
      return gpus == 0 ? CPU : new StudentDevice(GPU + 0);
    }
    StudentDevice device = new StudentDevice(setting);
    if (device.isGpu() && device.number() >= gpus) {
      throw new StartupException(
          "device: there is no %s: libtorch sees %s"
              .formatted(setting, gpus == 0 ? "no GPU, only cpu" : "gpu0 to gpu" + (gpus - 1)));
    }
    return device;
  }

  static StudentDevice of(Device device) {
    return device.isGpu() ? new StudentDevice(GPU + device.getDeviceId()) : CPU;
  }

  Device djl() {
    return isGpu() ? Device.gpu(number()) : Device.cpu();
  }

  private boolean isGpu() {
    return name.startsWith(GPU);
  }

  private int number() {
    return Integer.parseInt(name.substring(GPU.length()));
  }

  /** A libtorch without CUDA sees none, whatever the machine has. */
  private static int gpus() {
    try {
      Engine engine = Engine.getEngine(Libtorch.ENGINE);
      return engine.hasCapability(StandardCapabilities.CUDA) ? engine.getGpuCount() : 0;
    } catch (EngineException e) {
      throw new StartupException("libtorch does not start: " + e.getMessage(), e);
    }
  }
}
