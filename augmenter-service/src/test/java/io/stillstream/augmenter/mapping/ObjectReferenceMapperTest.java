package io.stillstream.augmenter.mapping;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.stillstream.augmenter.TestRecordCodec;
import io.stillstream.augmenter.fetch.ObjectReference;
import io.stillstream.runtime.records.BadRecordException;
import io.stillstream.schemas.ImageEvent;
import java.nio.ByteBuffer;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class ObjectReferenceMapperTest {
  private static final String URI = "s3://pictures/2026/a picture.png";
  private static final String SHA256 = "0123456789abcdef".repeat(4);

  private final ImageEvent event = TestRecordCodec.referenceEvent("a", URI, null);

  @Test
  void shouldReadAReferenceWithoutSizeAndHash() {
    assertThat(ObjectReferenceMapper.toReference(event))
        .hasValue(new ObjectReference(URI, OptionalLong.empty(), Optional.empty()));
  }

  @Test
  void shouldReadAllOfAReference() {
    // given
    event.setPayloadSize(0L);
    event.setPayloadSha256("0123456789ABCDEF".repeat(4));

    // then
    assertThat(ObjectReferenceMapper.toReference(event))
        .hasValue(new ObjectReference(URI, OptionalLong.of(0), Optional.of(SHA256)));
  }

  @Test
  void shouldFindNoReferenceInAnImageByValue() {
    // given: size and hash alone name no object
    event.setPayloadUri(null);
    event.setPayloadSize(-1L);

    // then
    assertThat(ObjectReferenceMapper.toReference(event)).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", " ", "a.png", "/a.png", "//host/a.png", "s3:", "1s3://a/b", "s3://a/\nb"})
  void shouldRejectAnAddressThatIsEmptyOrRelative(String uri) {
    // given
    event.setPayloadUri(uri);

    // then
    assertRejected("payloadUri is empty or relative");
  }

  @Test
  void shouldRejectAPayloadBesideAReference() {
    // given
    event.setPayload(ByteBuffer.wrap(new byte[1]));

    // then
    assertRejected("there are both a payload and a payloadUri");
  }

  @Test
  void shouldRejectANegativeSize() {
    // given
    event.setPayloadSize(-1L);

    // then
    assertRejected("payloadSize is negative: -1");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "abc",
        "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcde",
        "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdeg",
        "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef\n"
      })
  void shouldRejectAHashThatIsNone(String sha256) {
    // given
    event.setPayloadSha256(sha256);

    // then
    assertRejected("payloadSha256 has not 64 hexadecimal digits");
  }

  private void assertRejected(String message) {
    assertThatThrownBy(() -> ObjectReferenceMapper.toReference(event))
        .isInstanceOfSatisfying(
            BadRecordException.class, e -> assertThat(e.reason()).isEqualTo("bad_reference"))
        .hasMessage(message);
  }
}
