package io.stillstream.local.objects;

import static org.assertj.core.api.Assertions.assertThat;

import io.stillstream.augmenter.fetch.ObjectReference;
import io.stillstream.augmenter.fetch.ObjectSource;
import io.stillstream.schemas.ImageEvent;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

class PayloadFetcherTest {
  private final List<ObjectReference> read = new ArrayList<>();
  private final PayloadFetcher fetcher =
      new PayloadFetcher(
          new ObjectSource() {
            @Override
            public byte[] read(ObjectReference reference) {
              read.add(reference);
              return new byte[] {1, 2, 3};
            }

            @Override
            public void close() {}
          });

  @Test
  void shouldLeaveAnImageByValueAsItIs() {
    // given
    ImageEvent event = event(null, null);
    // when, then
    assertThat(fetcher.complete(event, Optional.of("ab"))).isSameAs(event);
    assertThat(read).isEmpty();
  }

  @Test
  void shouldAskForTheHashOfTheLineageRatherThanThatOfTheEvent() {
    // given
    ImageEvent event = event("s3://b/k", "CD");
    // when
    ImageEvent complete = fetcher.complete(event, Optional.of("ab"));
    ImageEvent other = fetcher.complete(event, Optional.empty());
    // then
    assertThat(complete.getPayload()).isEqualTo(ByteBuffer.wrap(new byte[] {1, 2, 3}));
    assertThat(other.getPayload()).isEqualTo(complete.getPayload());
    assertThat(read)
        .containsExactly(
            new ObjectReference("s3://b/k", OptionalLong.of(3), Optional.of("ab")),
            new ObjectReference("s3://b/k", OptionalLong.of(3), Optional.of("cd")));
  }

  @Test
  void shouldReadAnObjectOnceForTheViewsOfAnImage() {
    // given
    ImageEvent event = event("s3://b/k", "cd");
    // when
    for (int i = 0; i < 4; i++) {
      ImageEvent complete = fetcher.complete(event, Optional.empty());
      ByteBuffer payload = complete.getPayload();
      payload.position(payload.limit()); // as one who reads it does
    }
    // then
    assertThat(read).hasSize(1);
    assertThat(fetcher.complete(event, Optional.empty()).getPayload().remaining()).isEqualTo(3);
  }

  private static ImageEvent event(String uri, String sha256) {
    return ImageEvent.newBuilder()
        .setImageId("a")
        .setSource("test")
        .setCapturedAt(Instant.EPOCH)
        .setContentType("image/png")
        .setPayloadUri(uri)
        .setPayloadSize(uri == null ? null : 3L)
        .setPayloadSha256(sha256)
        .build();
  }
}
