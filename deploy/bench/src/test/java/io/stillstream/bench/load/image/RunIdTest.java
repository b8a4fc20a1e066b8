package io.stillstream.bench.load.image;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

final class RunIdTest {
  private final RunId run = RunId.at(1_764_000_000_000L);

  @Test
  void shouldKnowItsOwnImagesAgain() {
    assertThat(run.number(run.id(0).getBytes(UTF_8))).hasValue(0);
    assertThat(run.number(run.id(123_456).getBytes(UTF_8))).hasValue(123_456);
  }

  @Test
  void shouldLeaveOthersAlone() {
    assertThat(run.number(null)).isEmpty();
    assertThat(run.number("photos/cat.jpg".getBytes(UTF_8))).isEmpty();
    assertThat(run.number(RunId.at(1_764_000_000_001L).id(0).getBytes(UTF_8))).isEmpty();
    assertThat(run.number((run.prefix() + "12345678x").getBytes(UTF_8))).isEmpty();
  }
}
