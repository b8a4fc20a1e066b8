package io.stillstream.schemas.values;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PayloadAddressTest {
  @ParameterizedTest
  @CsvSource({
    "s3://pictures/2026/a b@c?#.jpg, s3://pictures/2026/a b@c?#.jpg",
    "https://h/a.jpg?X-Amz-Signature=secret, https://h/a.jpg?…",
    "https://h/a.jpg#secret?secret, https://h/a.jpg?…",
    "https://user:secret@h/a@b.jpg, https://…@h/a@b.jpg",
    "https://user:se@cret@h, https://…@h",
    "https://h?secret://user@h/, https://h?…",
    "file:///a/b.jpg, file:///a/b.jpg",
    "no address, no address",
    "'', ''"
  })
  void shouldShowNoSecretOfAnAddress(String uri, String shown) {
    assertThat(PayloadAddress.shown(uri)).isEqualTo(shown);
  }

  @Test
  void shouldShorten() {
    assertThat(PayloadAddress.shown(null)).isNull();
    assertThat(PayloadAddress.shown("s3://b/" + "x".repeat(1_000_000))).hasSize(501).endsWith("x…");
  }
}
