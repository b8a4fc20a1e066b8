package io.stillstream.labeler.torch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.stillstream.runtime.config.StartupException;
import org.junit.jupiter.api.Test;

/** The libtorch of the tests is one without CUDA: it sees no GPU, whatever the machine has. */
class TorchDeviceTest {
  @Test
  void shouldChooseTheCpuWhereThereIsNoGpu() {
    assertThat(TorchDevice.choose("auto")).containsExactly(TorchDevice.CPU);
    assertThat(TorchDevice.choose("cpu")).containsExactly(TorchDevice.CPU);
    assertThat(TorchDevice.CPU.isGpu()).isFalse();
    assertThat(TorchDevice.CPU.djl().isGpu()).isFalse();
  }

  @Test
  void shouldSayWhatThereIsWhenAGpuIsMissing() {
    assertThatExceptionOfType(StartupException.class)
        .isThrownBy(() -> TorchDevice.choose("gpu0,gpu1"))
        .withMessage("devices: there is no gpu0: libtorch sees no GPU, only cpu");
  }

  @Test
  void shouldNameGpusByTheirNumber() {
    // given
    TorchDevice device = new TorchDevice("gpu12");

    // then
    assertThat(device.isGpu()).isTrue();
    assertThat(device.djl().getDeviceId()).isEqualTo(12);
    assertThat(device.djl().isGpu()).isTrue();
  }
}
