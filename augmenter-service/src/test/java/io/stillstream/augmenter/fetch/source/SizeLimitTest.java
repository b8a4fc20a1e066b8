package io.stillstream.augmenter.fetch.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.stillstream.augmenter.fetch.ObjectAddress;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

final class SizeLimitTest {
  private static final ObjectAddress ADDRESS = ObjectAddress.parse("s3://bucket/key");

  private final List<Long> asked = new ArrayList<>();
  private final ByteArrayInputStream body = new ByteArrayInputStream(new byte[7]);

  @Test
  void shouldAskForRoomBeforeTheFirstByteIsRead() throws IOException {
    // given
    SizeLimit limit =
        new SizeLimit(
            100,
            OptionalLong.empty(),
            bytes -> {
              assertThat(body.available()).isEqualTo(7);
              asked.add(bytes);
            });

    // then: as much as the answer says, as is likely, or as the largest object needs
    assertThat(limit.read(ADDRESS, body, 7)).hasSize(7);
    body.reset();
    assertThat(limit.read(ADDRESS, body, -1, 8)).hasSize(7);
    body.reset();
    assertThat(limit.read(ADDRESS, body, -1)).hasSize(7);
    assertThat(asked).containsExactly(7L, 8L, 100L);
  }

  @Test
  void shouldAskForTheSizeThatTheEventSays() throws IOException {
    // given
    SizeLimit limit = new SizeLimit(100, OptionalLong.of(7), asked::add);

    // when
    limit.read(ADDRESS, body, -1);

    // then
    assertThat(asked).containsExactly(7L);
  }

  @Test
  void shouldReadNothingIfInterruptedWhileItWaitsForRoom() {
    // given
    SizeLimit limit =
        new SizeLimit(
            100,
            OptionalLong.empty(),
            bytes -> {
              throw new InterruptedException();
            });

    // then
    assertThatThrownBy(() -> limit.read(ADDRESS, body, 7))
        .isInstanceOf(InterruptedIOException.class);
    assertThat(Thread.interrupted()).isTrue();
    assertThat(body.available()).isEqualTo(7);
  }
}
