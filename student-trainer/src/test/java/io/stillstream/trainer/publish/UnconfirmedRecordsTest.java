package io.stillstream.trainer.publish;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.stillstream.embedded.registry.DevelopmentRegistry;
import io.stillstream.runtime.records.RecordValueSerializer;
import io.stillstream.schemas.ImageLabel;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.producer.MockProducer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class UnconfirmedRecordsTest {
  private static final String TOPIC = "labels";

  @TempDir Path directory;
  private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
  private final MockProducer<byte[], byte[]> producer =
      new MockProducer<>(false, null, new ByteArraySerializer(), new ByteArraySerializer());

  @Test
  void shouldNotSendAgainWhatHasArrivedSinceItWasLastSettled() throws Exception {
    // given
    try (DevelopmentRegistry registry =
            DevelopmentRegistry.start(directory.resolve("registry.json"), 0);
        RecordValueSerializer<Object> writer =
            new RecordValueSerializer<>(
                Map.of("schema.registry.url", registry.url().toString()), meters)) {
      UnconfirmedRecords<String> records;
      // Closing waits for what is offered.
      try (AsyncRecordSender sender =
          new AsyncRecordSender(writer, producer, List.of(TOPIC), meters, Duration.ofSeconds(30))) {
        records =
            new UnconfirmedRecords<>(
                TOPIC, sender, 16, image -> image.getBytes(UTF_8), UnconfirmedRecordsTest::label);
        records.add("a");
        await().until(() -> producer.history().size() == 1);
        assertThat(records.settle().delivered()).isEmpty();

        // when
        producer.completeNext();
        records.resend();
      }

      // then
      assertThat(producer.history()).hasSize(1);
      assertThat(records.settle().delivered()).containsExactly("a");
    }
  }

  private static ImageLabel label(String image) {
    return ImageLabel.newBuilder()
        .setImageId(image)
        .setLabel(1)
        .setSource("test")
        .setLabeledAt(Instant.EPOCH)
        .build();
  }
}
