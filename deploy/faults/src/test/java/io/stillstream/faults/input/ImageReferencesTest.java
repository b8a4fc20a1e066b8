package io.stillstream.faults.input;

import static org.assertj.core.api.Assertions.assertThat;

import io.stillstream.schemas.ImageEvent;
import io.stillstream.schemas.values.Sha256;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.stream.LongStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Objects are as bad as their kind says, and no more. */
class ImageReferencesTest {
  private static final byte[] IMAGE = {1, 2, 3, 4, 5};

  @TempDir private Path directory;
  private Path bucket;
  private ImageReferences references;

  @BeforeEach
  void makeReferences() {
    bucket = directory.resolve("pictures");
    references = new ImageReferences(bucket, true);
  }

  @Test
  void shouldHaveOneOfAHundredObjectsBadAndEachKindInTurn() {
    assertThat(LongStream.range(0, 1_000).mapToObj(references::kind))
        .filteredOn(kind -> kind != RecordKind.GOOD)
        .hasSize(10)
        .doesNotContainAnyElementsOf(
            LongStream.range(0, 1_000)
                .mapToObj(RecordKind::of)
                .filter(kind -> kind != RecordKind.GOOD)
                .toList())
        .contains(
            RecordKind.OBJECT_MISSING,
            RecordKind.OBJECT_CHANGED,
            RecordKind.OBJECT_SHORTENED,
            RecordKind.OBJECT_TOO_LARGE,
            RecordKind.OBJECT_NOT_ALLOWED);
  }

  @Test
  void shouldStoreAGoodObjectAndItsChecksum() throws IOException {
    // when
    ImageEvent event = put(7, RecordKind.GOOD);
    // then
    assertThat(Files.readAllBytes(object(event))).isEqualTo(IMAGE);
    assertThat(event.getPayloadUri()).startsWith(references.prefix());
    assertThat(event.getPayloadSha256()).isNull();
    assertThat(references.checksums()).containsEntry(event.getPayloadUri(), Sha256.hex(IMAGE));
  }

  @Test
  void shouldStoreOtherBytesOfTheSameLength() throws IOException {
    // when
    ImageEvent event = put(100, RecordKind.OBJECT_CHANGED);
    // then
    assertThat(Files.size(object(event))).isEqualTo(event.getPayloadSize());
    assertThat(Sha256.hex(Files.readAllBytes(object(event))))
        .isNotEqualTo(event.getPayloadSha256());
    assertThat(references.checksums()).isEmpty();
  }

  @Test
  void shouldStoreAnotherSizeNothingTooMuchOrElsewhere() throws IOException {
    // when
    ImageEvent shortened = put(100, RecordKind.OBJECT_SHORTENED);
    ImageEvent missing = put(200, RecordKind.OBJECT_MISSING);
    ImageEvent large = put(300, RecordKind.OBJECT_TOO_LARGE);
    ImageEvent elsewhere = put(400, RecordKind.OBJECT_NOT_ALLOWED);
    // then
    assertThat(Files.size(object(shortened))).isEqualTo(shortened.getPayloadSize() - 1);
    assertThat(object(missing)).doesNotExist();
    assertThat(Files.size(object(large))).isGreaterThan(ImageReferences.MAX_BYTES);
    assertThat(object(elsewhere)).exists();
    assertThat(elsewhere.getPayloadUri()).doesNotStartWith(references.prefix());
    assertThat(references.checksums()).isEmpty();
  }

  private ImageEvent put(long number, RecordKind kind) {
    ImageEvent.Builder event =
        ImageEvent.newBuilder()
            .setImageId("image")
            .setSource("test")
            .setCapturedAt(Instant.EPOCH)
            .setContentType("image/png");
    references.put(number, kind, IMAGE, event);
    return event.build();
  }

  private Path object(ImageEvent event) {
    return directory.resolve(event.getPayloadUri().substring("s3://".length()));
  }
}
