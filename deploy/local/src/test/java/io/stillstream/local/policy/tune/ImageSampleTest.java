package io.stillstream.local.policy.tune;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.stillstream.runtime.config.StartupException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class ImageSampleTest {
  @TempDir Path directory;

  @BeforeEach
  void writePictures() throws Exception {
    Path images = Files.createDirectories(directory.resolve("train/coat"));
    byte[] picture = new byte[50];
    System.arraycopy(new byte[] {(byte) 0x89, 'P', 'N', 'G', 13, 10, 26, 10}, 0, picture, 0, 8);
    for (String name : new String[] {"a.png", "b.png", "c.png"}) {
      Files.write(images.resolve(name), picture);
    }
  }

  @Test
  void shouldChooseAtMostSoManyImages() {
    // when, then
    assertThat(ImageSample.ofDirectory(directory, 2, 1, new SampleMemory(100)).images()).hasSize(2);
  }

  @Test
  void shouldSayThatImagesDoNotFitIntoMemory() {
    // given
    SampleMemory memory = new SampleMemory(149);
    // when, then
    assertThatThrownBy(() -> ImageSample.ofDirectory(directory, 3, 1, memory))
        .isInstanceOf(StartupException.class)
        .hasMessage(
            "3 images of the sample have 150 bytes, at most 149 (half of the heap) fit:"
                + " lower --sample");
  }

  @Test
  void shouldForgetImagesThatAreNoLongerHeld() {
    // given
    SampleMemory memory = new SampleMemory(100);
    memory.add(60);
    memory.remove(60);
    // when, then
    memory.add(100);
    assertThatThrownBy(() -> memory.add(1)).hasMessageContaining("2 images of the sample");
  }
}
