package io.stillstream.trainer.torch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.Device;
import io.stillstream.runtime.config.StartupException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class StudentDeviceTest {
  @ParameterizedTest
  @CsvSource({
    "auto, 0, cpu",
    "auto, 1, gpu0",
    "auto, 8, gpu0",
    "cpu, 8, cpu",
    "gpu0, 1, gpu0",
    "gpu7, 8, gpu7"
  })
  void shouldChooseADevice(String setting, int gpus, String expected) {
    assertThat(StudentDevice.choose(setting, gpus).name()).isEqualTo(expected);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "gpu0 | 0 | device: there is no gpu0: libtorch sees no GPU, only cpu",
        "gpu2 | 2 | device: there is no gpu2: libtorch sees gpu0 to gpu1"
      })
  void shouldRefuseAGpuThatIsNotThere(String setting, int gpus, String message) {
    assertThatThrownBy(() -> StudentDevice.choose(setting, gpus))
        .isInstanceOf(StartupException.class)
        .hasMessage(message);
  }

  @Test
  void shouldAskLibtorchWhatItSees() {
    assertThatThrownBy(() -> StudentDevice.choose("gpu999"))
        .isInstanceOf(StartupException.class)
        .hasMessageStartingWith("device: there is no gpu999: libtorch sees ");
    assertThat(StudentDevice.choose("cpu").djl()).isEqualTo(Device.cpu());
    assertThat(StudentDevice.choose("gpu3", 4).djl()).isEqualTo(Device.gpu(3));
  }
}
