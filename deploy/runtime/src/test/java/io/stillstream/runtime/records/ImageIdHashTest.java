package io.stillstream.runtime.records;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class ImageIdHashTest {
  @Test
  void shouldBeTheSha256OfTheId() {
    // given: the test vector of FIPS 180-2
    ImageIdHash key = ImageIdHash.of("abc");

    // then
    assertThat(key.sha256())
        .isEqualTo("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    assertThat(key.number()).isEqualTo(0xba7816bf8f01cfeaL);
  }

  @Test
  void shouldBeReadFromAKeyAndFromNothingElse() {
    ImageIdHash key = ImageIdHash.of("cameras/7/0001.jpg");
    assertThat(ImageIdHash.parse(key.bytes())).contains(key);
    assertThat(ImageIdHash.parse(null)).isEmpty();
    assertThat(ImageIdHash.parse("cameras/7/0001.jpg".getBytes(US_ASCII))).isEmpty();
    assertThatThrownBy(() -> new ImageIdHash("abc")).hasMessageContaining("was abc");
  }

  @Test
  void shouldNeverBeTheNumberOfNoImage() {
    assertThat(new ImageIdHash("0".repeat(64)).number()).isNotZero();
  }
}
