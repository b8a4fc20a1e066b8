package io.stillstream.trainer.loop;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.stillstream.embedded.registry.DevelopmentRegistry;
import io.stillstream.runtime.model.ModelSpec;
import io.stillstream.runtime.records.DeadLetterFactory;
import io.stillstream.runtime.records.ImageIdHash;
import io.stillstream.runtime.records.RecordValueDeserializer;
import io.stillstream.runtime.records.RecordValueSerializer;
import io.stillstream.runtime.records.UnexpectedFailurePolicy;
import io.stillstream.schemas.ImageLabel;
import io.stillstream.schemas.PixelEncoding;
import io.stillstream.schemas.answer.ModelTask;
import io.stillstream.schemas.topics.Topics;
import io.stillstream.trainer.batch.OffsetTrackingQueue;
import io.stillstream.trainer.checkpoint.store.LabelOffset;
import io.stillstream.trainer.input.LabelConverter;
import io.stillstream.trainer.input.UnusedRecords;
import io.stillstream.trainer.label.LabelJoin;
import io.stillstream.trainer.label.LabelLimits;
import io.stillstream.trainer.label.TruthValidator;
import io.stillstream.trainer.metrics.LabelMeters;
import io.stillstream.trainer.metrics.MicrometerTrainerMetrics;
import io.stillstream.trainer.publish.DeadLetterProducer;
import io.stillstream.trainer.training.OnlineTraining;
import io.stillstream.trainer.training.StepReport;
import io.stillstream.trainer.training.StubStudent;
import io.stillstream.trainer.training.accuracy.PrequentialWindow;
import io.stillstream.trainer.training.buffer.BufferKind;
import io.stillstream.trainer.training.buffer.BufferLimits;
import io.stillstream.trainer.training.buffer.ReplayBuffer;
import io.stillstream.trainer.training.buffer.ReplaySampling;
import io.stillstream.trainer.training.buffer.TeacherAwareReplay;
import io.stillstream.trainer.training.buffer.TeacherChangePolicy;
import io.stillstream.trainer.training.decode.DecodePool;
import io.stillstream.trainer.training.example.BatchBuilder;
import io.stillstream.trainer.training.example.LabelTarget;
import io.stillstream.trainer.training.example.TrainingBatch;
import io.stillstream.trainer.training.example.TrainingExample;
import io.stillstream.trainer.training.example.ViewIdentity;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.MockProducer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Which labels of a partition are applied, whatever has become of its topic. */
class LabelApplierTest {
  private static final String TOPIC = "labels";
  private static final byte[] BAD = {7};
  private static final ModelSpec STUDENT =
      ModelSpec.load(Path.of("src/test/resources/students/cnn"), "student");

  @TempDir Path directory;
  private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
  private final MicrometerTrainerMetrics metrics =
      new MicrometerTrainerMetrics(
          meters, InstantSource.system(), ModelTask.CLASSIFICATION, STUDENT.classes());
  private final MockProducer<byte[], byte[]> producer =
      new MockProducer<>(true, null, new ByteArraySerializer(), new ByteArraySerializer());
  private final OffsetTrackingQueue queue = new OffsetTrackingQueue();
  private final LabelJoin join =
      new LabelJoin(
          new LabelLimits(100, 0),
          new OnlineTraining(
              new IdleStudent(),
              new BatchBuilder(STUDENT, 0.9),
              new TeacherAwareReplay(
                  ReplayBuffer.create(BufferKind.FIFO, BufferLimits.views(6), 1),
                  TeacherChangePolicy.KEEP,
                  ReplaySampling.ALL),
              new PrequentialWindow(3),
              2,
              1,
              metrics,
              () -> 0),
          new LabelMeters(meters));
  private DevelopmentRegistry registry;
  private RecordValueDeserializer<ImageLabel> reader;
  private RecordValueSerializer<Object> writer;

  @BeforeEach
  void open() throws IOException {
    registry = DevelopmentRegistry.start(directory.resolve("registry.json"), 0);
    Map<String, String> kafka = Map.of("schema.registry.url", registry.url().toString());
    reader = new RecordValueDeserializer<>(ImageLabel.class, kafka, meters);
    writer = new RecordValueSerializer<>(kafka, meters);
  }

  @AfterEach
  void close() {
    reader.close();
    writer.close();
    registry.close();
  }

  @Test
  void shouldPassOverLabelsThatTheCheckpointHas() {
    // given
    LabelApplier labels = applier(new LabelOffset(2, 4));
    labels.startPartition(0, 2);

    // when: a bad record and a good one come again, and then a new one
    apply(labels, 2, BAD);
    apply(labels, 3, label("a", 1));
    apply(labels, 4, label("b", 2));

    // then: the bad one is no dead letter again
    assertThat(producer.history()).isEmpty();
    assertThat(truth("a")).isEmpty();
    assertThat(truth("b")).hasValue(LabelTarget.of(2));
    assertThat(labels.offsets(Map.of(0, 2L), false)).containsEntry(0, new LabelOffset(2, 5));
    assertThat(queue.positions()).containsValue(5L);
  }

  @Test
  void shouldApplyAllLabelsOfATopicThatIsMadeAnewWhileItIsRead() {
    // given
    LabelApplier labels = applier(new LabelOffset(2, 40));
    labels.startPartition(0, 2);
    apply(labels, 2, label("a", 1));

    // when
    apply(labels, 0, label("a", 2));
    apply(labels, 1, label("b", 3));

    // then
    assertThat(truth("a")).hasValue(LabelTarget.of(2));
    assertThat(truth("b")).hasValue(LabelTarget.of(3));
    assertThat(labels.offsets(Map.of(0, 2L), true)).containsEntry(0, new LabelOffset(2, 2));
  }

  @Test
  void shouldSaveThatNothingIsAppliedOfATopicThatIsMadeAnewAndEmpty() {
    // given
    LabelApplier labels = applier(new LabelOffset(40, 40));
    labels.startPartition(0, 40);

    // then: while records wait, the offset is that of before
    assertThat(labels.offsets(Map.of(0, 40L), false)).containsEntry(0, new LabelOffset(40, 40));
    assertThat(labels.offsets(Map.of(0, 0L), true)).containsEntry(0, new LabelOffset(0, 0));
  }

  private LabelApplier applier(LabelOffset saved) {
    return new LabelApplier(
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
                metrics)),
        join,
        image -> false,
        Map.of(0, saved));
  }

  private void apply(LabelApplier labels, long offset, byte[] value) {
    labels.apply(
        labels.begin(new ConsumerRecord<>(TOPIC, 0, offset, "key".getBytes(UTF_8), value)),
        queue,
        0);
  }

  private byte[] label(String image, int label) {
    return writer.serialize(
        TOPIC,
        ImageLabel.newBuilder()
            .setImageId(image)
            .setLabel(label)
            .setSource("test")
            .setLabeledAt(Instant.EPOCH)
            .build());
  }

  /** What the next view of an image gets. */
  private Optional<LabelTarget> truth(String image) {
    ViewIdentity identity = new ViewIdentity(ImageIdHash.of(image).number(), 0, 0, 1);
    return join.join(
            new TrainingExample(
                PixelEncoding.RAW, new byte[64], new float[5], null, true, 1, identity))
        .target();
  }

  /** Is never asked. */
  private static final class IdleStudent extends StubStudent {
    @Override
    public StepReport update(TrainingBatch batch, long step) {
      throw new AssertionError("no step is taken");
    }

    @Override
    public float[] predict(TrainingBatch batch) {
      throw new AssertionError("nothing is predicted");
    }
  }
}
