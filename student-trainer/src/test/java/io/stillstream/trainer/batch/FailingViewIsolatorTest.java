package io.stillstream.trainer.batch;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.stillstream.runtime.model.ModelSpec;
import io.stillstream.runtime.records.DeadLetterFactory;
import io.stillstream.runtime.records.TooManyFailuresException;
import io.stillstream.runtime.records.UnexpectedFailurePolicy;
import io.stillstream.schemas.PixelEncoding;
import io.stillstream.schemas.answer.ModelTask;
import io.stillstream.schemas.topics.Topics;
import io.stillstream.trainer.metrics.MicrometerTrainerMetrics;
import io.stillstream.trainer.publish.DeadLetterProducer;
import io.stillstream.trainer.training.BatchFailedException;
import io.stillstream.trainer.training.GuardedTraining;
import io.stillstream.trainer.training.OnlineTraining;
import io.stillstream.trainer.training.StepReport;
import io.stillstream.trainer.training.StubStudent;
import io.stillstream.trainer.training.TrainerMetrics;
import io.stillstream.trainer.training.accuracy.PrequentialWindow;
import io.stillstream.trainer.training.buffer.BufferKind;
import io.stillstream.trainer.training.buffer.BufferLimits;
import io.stillstream.trainer.training.buffer.ReplayBuffer;
import io.stillstream.trainer.training.buffer.ReplaySampling;
import io.stillstream.trainer.training.buffer.TeacherAwareReplay;
import io.stillstream.trainer.training.buffer.TeacherChangePolicy;
import io.stillstream.trainer.training.comparison.BaselineComparison;
import io.stillstream.trainer.training.divergence.DivergenceSettings;
import io.stillstream.trainer.training.drift.DriftSettings;
import io.stillstream.trainer.training.example.BatchBuilder;
import io.stillstream.trainer.training.example.TrainingBatch;
import io.stillstream.trainer.training.example.TrainingExample;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CountDownLatch;
import java.util.stream.IntStream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.MockProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FailingViewIsolatorTest {
  private static final TopicPartition PARTITION = new TopicPartition("labeled-views", 0);
  private static final ModelSpec MODEL =
      ModelSpec.load(Path.of("src/test/resources/students/mlp"), "student");
  private static final int BATCH = 8;

  private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
  private final TrainerMetrics metrics =
      new MicrometerTrainerMetrics(
          meters, InstantSource.system(), ModelTask.CLASSIFICATION, MODEL.classes());
  private final MockProducer<byte[], byte[]> producer =
      new MockProducer<>(true, null, new ByteArraySerializer(), new ByteArraySerializer());
  private final PoisonedStudent student = new PoisonedStudent();
  private final OnlineTraining training =
      new OnlineTraining(
          student,
          new BatchBuilder(MODEL, 0.9),
          new TeacherAwareReplay(
              ReplayBuffer.create(BufferKind.RESERVOIR, BufferLimits.views(100), 1),
              TeacherChangePolicy.KEEP,
              ReplaySampling.ALL),
          new PrequentialWindow(100),
          BATCH,
          1,
          metrics,
          () -> 0);
  private final GuardedTraining supervised =
      new GuardedTraining(
          student,
          training,
          new DivergenceSettings(6, 3, 50, 100, 10, 0.5, 2000, 3, 10_000),
          new DriftSettings(1e-4, true, 1, 1000, true),
          metrics);
  private final FailingViewIsolator trainer =
      new FailingViewIsolator(
          supervised,
          training,
          new DeadLetterProducer(
              producer,
              new DeadLetterFactory("letters", "student-trainer", meters, Topics.MAX_MESSAGE_BYTES),
              Duration.ofSeconds(1),
              new CountDownLatch(1)),
          new UnexpectedFailurePolicy(4),
          metrics);
  private final OffsetTrackingQueue pending = new OffsetTrackingQueue();

  @Test
  void shouldPutTheViewsAsideThatMakeABatchFailAndTrainOnAllOthers() {
    // given
    pending.startPartition(PARTITION, 0);
    add(0, 10);
    student.poison.addAll(List.of(2, 7));

    // when
    assertThat(train(BATCH)).isEmpty();
    assertThat(train(BATCH)).isPresent();

    // then
    assertThat(producer.history())
        .extracting(letter -> header(letter, "__streams.errors.offset"))
        .containsExactly("2", "7");
    ProducerRecord<byte[], byte[]> letter = producer.history().get(0);
    assertThat(header(letter, "stillstream.reason")).isEqualTo("failed");
    assertThat(header(letter, "stillstream.stage")).isEqualTo("train");
    assertThat(header(letter, "stillstream.by-reference")).isEqualTo("true");
    assertThat(header(letter, "__streams.errors.message"))
        .isEqualTo("java.lang.IllegalStateException: poison");
    assertThat(letter.key()).containsExactly(2);
    assertThat(letter.value()).isNull();
    assertThat(student.learned).containsExactly(0, 1, 3, 4, 5, 6, 8, 9);
    assertThat(training.viewsSeen()).isEqualTo(8);
    assertThat(training.steps()).isEqualTo(1);
    assertThat(pending.positions()).containsEntry(PARTITION, 10L);
    assertThat(pending.isEmpty()).isTrue();
    assertThat(meters.counter("student.rejected", "reason", "failed").count()).isEqualTo(2);
  }

  @Test
  void shouldTrainABatchOnceMoreThatFailedWithoutAViewToBlame() {
    // given
    add(0, BATCH);
    student.moods = 2;

    // when
    assertThat(train(BATCH)).isEmpty();
    assertThat(train(BATCH)).isEmpty();
    assertThat(train(BATCH)).isPresent();

    // then
    assertThat(producer.history()).isEmpty();
    assertThat(student.learned).hasSize(BATCH);
  }

  @Test
  void shouldGiveUpABatchThatFailsAgainAndAgainWithoutAViewToBlame() {
    // given
    add(0, BATCH);
    student.moods = 3;
    assertThat(train(BATCH)).isEmpty();
    assertThat(train(BATCH)).isEmpty();

    // then
    assertThatThrownBy(() -> train(BATCH)).isInstanceOf(BatchFailedException.class);
    assertThat(producer.history()).isEmpty();
    assertThat(pending.views()).isEqualTo(BATCH);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "CUDA out of memory. Tried to allocate 2.00 GiB (GPU 0; 79.11 GiB total capacity)",
        "CUDA error: CUBLAS_STATUS_ALLOC_FAILED when calling `cublasCreate(handle)`",
        "DefaultCPUAllocator: can't allocate memory: you tried to allocate 4294967296 bytes."
      })
  void shouldBlameNoViewIfTheDeviceHasNoMemory(String message) {
    // given: something takes the memory between the grey images and the views
    add(0, BATCH);
    student.failure = message;
    student.poison.addAll(List.of(0, 1, 2, 3, 4, 5, 6, 7));

    // when
    assertThat(train(BATCH)).isEmpty();
    assertThat(train(BATCH)).isEmpty();

    // then
    assertThatThrownBy(() -> train(BATCH))
        .isInstanceOf(BatchFailedException.class)
        .hasMessageContaining(message);
    assertThat(producer.history()).isEmpty();
    assertThat(pending.views()).isEqualTo(BATCH);

    // when: there is memory again
    student.poison.clear();

    // then
    assertThat(train(BATCH)).isPresent();
    assertThat(student.learned).hasSize(BATCH);
  }

  @Test
  void shouldBlameNoViewIfTheStudentFailsOnWhateverItIsGiven() {
    // given: grey, as the probe is
    add(0, BATCH);
    student.poison.addAll(IntStream.range(0, 256).boxed().toList());

    // then
    assertThatThrownBy(() -> train(BATCH)).isInstanceOf(BatchFailedException.class);
    assertThat(producer.history()).isEmpty();
  }

  @Test
  void shouldPutNothingAsideIfViewAfterViewFails() {
    // given
    add(0, BATCH);
    student.poison.addAll(List.of(0, 1, 2, 3, 4, 5));

    // then
    assertThatThrownBy(() -> train(BATCH))
        .isInstanceOf(TooManyFailuresException.class)
        .hasMessageContaining("4 records in a row")
        .hasMessageContaining("labeled-0@3");
    assertThat(producer.history()).isEmpty();
    assertThat(pending.views()).isEqualTo(BATCH);
  }

  private Optional<GuardedTraining.BatchResult> train(int count) {
    List<ConsumedView> batch = pending.next(count);
    Optional<GuardedTraining.BatchResult> trained =
        trainer.train(batch, pending, 0, BaselineComparison.NONE);
    if (trained.isPresent()) {
      pending.done(batch.size(), 0);
    }
    return trained;
  }

  private void add(int from, int to) {
    for (int number = from; number < to; number++) {
      byte[] pixels = new byte[64];
      pixels[0] = (byte) number;
      TrainingExample view =
          new TrainingExample(PixelEncoding.RAW, pixels, new float[5], null, number % 2 == 0);
      ConsumerRecord<byte[], byte[]> source =
          new ConsumerRecord<>("labeled", 0, number, new byte[] {(byte) number}, null);
      pending.add(
          new ConsumedView(
              PARTITION,
              number,
              view,
              Instant.EPOCH,
              List.of(),
              "policy",
              ViewAugmentation.UNKNOWN,
              Optional.empty(),
              Optional.empty(),
              source),
          0);
    }
  }

  private static String header(ProducerRecord<byte[], byte[]> letter, String key) {
    return new String(letter.headers().lastHeader(key).value(), UTF_8);
  }

  /** One that fails on views of certain numbers, which are their first pixels, or on any batch. */
  private static final class PoisonedStudent extends StubStudent {
    private final Set<Integer> poison = new TreeSet<>();
    private final List<Integer> learned = new ArrayList<>();
    private String failure = "poison";
    private int moods;

    @Override
    public void dryRun(TrainingBatch batch) {
      if (numbers(batch).stream().anyMatch(poison::contains)) {
        throw new IllegalStateException(failure);
      }
    }

    @Override
    public StepReport update(TrainingBatch batch, long step) {
      dryRun(batch);
      if (moods > 0) {
        moods--;
        throw new IllegalStateException("not today");
      }
      learned.addAll(numbers(batch));
      return new StepReport(1, 1, 0, 1, 0.004, false, new float[0]);
    }

    @Override
    public float[] predict(TrainingBatch batch) {
      return new float[batch.size() * batch.classes()];
    }

    private static List<Integer> numbers(TrainingBatch batch) {
      return IntStream.range(0, batch.size())
          .mapToObj(i -> batch.input().asFloatBuffer().get(i * 64))
          .map(scaled -> (int) Math.round((scaled * 0.3530 + 0.2860) * 255))
          .toList();
    }
  }
}
