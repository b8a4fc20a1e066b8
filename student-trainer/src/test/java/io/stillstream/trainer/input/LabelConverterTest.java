package io.stillstream.trainer.input;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.stillstream.embedded.registry.DevelopmentRegistry;
import io.stillstream.runtime.model.ModelSpec;
import io.stillstream.runtime.records.DeadLetterFactory;
import io.stillstream.runtime.records.ImageIdHash;
import io.stillstream.runtime.records.RecordValueDeserializer;
import io.stillstream.runtime.records.RecordValueSerializer;
import io.stillstream.runtime.records.UnexpectedFailurePolicy;
import io.stillstream.schemas.ImageLabel;
import io.stillstream.schemas.answer.ModelTask;
import io.stillstream.schemas.registry.RegistryUnavailableException;
import io.stillstream.schemas.topics.Topics;
import io.stillstream.trainer.LabeledViewFixtures;
import io.stillstream.trainer.label.ImageTruth;
import io.stillstream.trainer.label.TruthValidator;
import io.stillstream.trainer.metrics.MicrometerTrainerMetrics;
import io.stillstream.trainer.publish.DeadLetterProducer;
import io.stillstream.trainer.training.decode.DecodePool;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.MockProducer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LabelConverterTest {
  private static final String TOPIC = "labels";
  private static final ModelSpec STUDENT =
      ModelSpec.load(Path.of("src/test/resources/students/cnn"), "student");

  @TempDir Path directory;
  private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
  private final MockProducer<byte[], byte[]> producer =
      new MockProducer<>(true, null, new ByteArraySerializer(), new ByteArraySerializer());
  private DevelopmentRegistry registry;
  private RecordValueDeserializer<ImageLabel> reader;
  private RecordValueSerializer<Object> writer;
  private LabelConverter converter;

  @BeforeEach
  void open() throws IOException {
    registry = DevelopmentRegistry.start(directory.resolve("registry.json"), 0);
    Map<String, String> kafka =
        Map.of(
            "schema.registry.url",
            registry.url().toString(),
            "stillstream.unknown.id.timeout.ms",
            "0",
            "retries.wait.ms",
            "1",
            "retries.max.wait.ms",
            "1");
    reader = new RecordValueDeserializer<>(ImageLabel.class, kafka, meters);
    writer = new RecordValueSerializer<>(kafka, meters);
    converter =
        new LabelConverter(
            reader,
            new TruthValidator(STUDENT),
            DecodePool.none(),
            new UnexpectedFailurePolicy(3),
            new UnusedRecords(
                new DeadLetterProducer(
                    producer,
                    new DeadLetterFactory(
                        "letters", "student-trainer", meters, Topics.MAX_MESSAGE_BYTES),
                    Duration.ofSeconds(1),
                    new CountDownLatch(1)),
                new MicrometerTrainerMetrics(
                    meters, InstantSource.system(), ModelTask.CLASSIFICATION, STUDENT.classes())));
  }

  @AfterEach
  void close() {
    reader.close();
    writer.close();
    registry.close();
  }

  @Test
  void shouldConvertALabel() {
    assertThat(convert(written(label(3, null))))
        .hasValue(ImageTruth.ofClass(ImageIdHash.of("image-7").number(), 3));
    assertThat(producer.history()).isEmpty();
  }

  @Test
  void shouldIgnoreARecordWithoutAValue() {
    assertThat(convert(null)).isEmpty();
    assertThat(producer.history()).isEmpty();
  }

  @Test
  void shouldPutABadRecordAsideWithStageAndReason() {
    // given: a registry that knows the topic
    assertThat(convert(written(label(0, null)))).isPresent();
    ByteBuffer mask = ByteBuffer.wrap(new byte[] {1, 2, 3});

    // then
    assertRejected(new byte[] {7}, "deserialize", "malformed");
    assertRejected(
        writer.serialize("labeled-views", LabeledViewFixtures.view(1)),
        "deserialize",
        "wrong_type");
    assertRejected(written(label(5, null)), "examine", "label");
    assertRejected(written(label(-1, null)), "examine", "label");
    assertRejected(written(label(null, null)), "examine", "label");
    assertRejected(written(label(1, mask)), "examine", "label");
    assertRejected(written(label(null, mask)), "examine", "task");
  }

  @Test
  void shouldWaitForARegistryThatIsAway() throws IOException {
    // given
    byte[] value = written(label(2, null));
    int port = registry.url().getPort();
    registry.close();
    PendingLabel pending = converter.begin(record(value));

    // when
    assertThatThrownBy(() -> converter.convert(pending, truth -> {}))
        .isInstanceOf(RegistryUnavailableException.class);
    registry = DevelopmentRegistry.start(directory.resolve("registry.json"), port);

    // then
    assertThat(applied(pending)).isPresent();
    assertThat(producer.history()).isEmpty();
  }

  @Test
  void shouldPutAsideALabelThatCannotBeApplied() {
    // given
    PendingLabel pending = converter.begin(record(written(label(2, null))));

    // when
    converter.convert(
        pending,
        truth -> {
          throw new IllegalStateException("no view like it");
        });

    // then: the next one is applied
    assertThat(producer.history()).hasSize(1);
    assertThat(meters.counter("student.rejected", "reason", "failed").count()).isOne();
    assertThat(convert(written(label(3, null)))).isPresent();
  }

  private void assertRejected(byte[] value, String stage, String reason) {
    producer.clear();
    assertThat(convert(value)).isEmpty();
    assertThat(producer.history())
        .singleElement()
        .satisfies(
            letter -> {
              assertThat(header(letter.headers().lastHeader(DeadLetterFactory.REASON).value()))
                  .isEqualTo(reason)
                  .isIn(RecordConverter.REASONS);
              assertThat(header(letter.headers().lastHeader(DeadLetterFactory.STAGE).value()))
                  .isEqualTo(stage);
              assertThat(letter.value()).isEqualTo(value);
            });
    assertThat(meters.counter("student.rejected", "reason", reason).count()).isPositive();
  }

  private static String header(byte[] value) {
    return new String(value, UTF_8);
  }

  private Optional<ImageTruth> convert(byte[] value) {
    return applied(converter.begin(record(value)));
  }

  private Optional<ImageTruth> applied(PendingLabel pending) {
    AtomicReference<ImageTruth> truth = new AtomicReference<>();
    converter.convert(pending, truth::set);
    return Optional.ofNullable(truth.get());
  }

  private static ConsumerRecord<byte[], byte[]> record(byte[] value) {
    return new ConsumerRecord<>(TOPIC, 0, 0, "image-7".getBytes(UTF_8), value);
  }

  private byte[] written(ImageLabel label) {
    return writer.serialize(TOPIC, label);
  }

  private static ImageLabel label(Integer label, ByteBuffer mask) {
    return ImageLabel.newBuilder()
        .setImageId("image-7")
        .setLabel(label)
        .setMask(mask)
        .setSource("test")
        .setLabeledAt(Instant.EPOCH)
        .build();
  }
}
