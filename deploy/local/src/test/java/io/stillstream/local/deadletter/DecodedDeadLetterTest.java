package io.stillstream.local.deadletter;

import static org.assertj.core.api.Assertions.assertThat;

import io.stillstream.schemas.ImageEvent;
import java.nio.ByteBuffer;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class DecodedDeadLetterTest {
  @Test
  void shouldSayWhereAnImageByReferenceIs() {
    // when
    DecodedDeadLetter letter =
        new DecodedDeadLetter(event(new byte[0], "https://h/a.jpg?X-Amz-Signature=secret"));
    // then
    assertThat(letter.picture()).isEmpty();
    assertThat(letter.address()).contains("https://h/a.jpg?…");
    assertThat(letter.lines()).contains("payload  0 bytes", "payloadUri  https://h/a.jpg?…");
  }

  @Test
  void shouldTakeThePayloadOfAnImageByValue() {
    // given: empty, or with an address beside it, as no event should be
    DecodedDeadLetter empty = new DecodedDeadLetter(event(new byte[0], null));
    DecodedDeadLetter both = new DecodedDeadLetter(event(new byte[] {1}, "s3://b/k"));
    // when, then
    assertThat(empty.picture().orElseThrow().bytes()).isEmpty();
    assertThat(empty.address()).isEmpty();
    assertThat(both.picture().orElseThrow().bytes()).containsExactly(1);
  }

  private static ImageEvent event(byte[] payload, String uri) {
    return ImageEvent.newBuilder()
        .setImageId("a")
        .setSource("test")
        .setCapturedAt(Instant.EPOCH)
        .setContentType("image/jpeg")
        .setPayload(ByteBuffer.wrap(payload))
        .setPayloadUri(uri)
        .build();
  }
}
