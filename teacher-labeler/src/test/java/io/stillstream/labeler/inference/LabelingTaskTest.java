package io.stillstream.labeler.inference;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.stillstream.labeler.LabelerTestTopics;
import io.stillstream.labeler.batching.BatchBuckets;
import io.stillstream.labeler.batching.DeviceBatchLimits;
import io.stillstream.labeler.metrics.MicrometerLabelerMetrics;
import io.stillstream.labeler.model.DeviceBatch;
import io.stillstream.labeler.model.FakeDeviceBatch;
import io.stillstream.labeler.model.Pixels;
import io.stillstream.labeler.model.TeacherModel;
import io.stillstream.labeler.model.TeacherUnavailableException;
import io.stillstream.labeler.output.AnswerEncoder;
import io.stillstream.labeler.output.ResultEncoder;
import io.stillstream.labeler.preprocess.ViewPreprocessor;
import io.stillstream.labeler.quarantine.CrashQuarantine;
import io.stillstream.labeler.result.EncodedResult;
import io.stillstream.labeler.result.EncodedResult.CommittedCount;
import io.stillstream.labeler.result.ViewResult;
import io.stillstream.labeler.teachers.TeacherLease;
import io.stillstream.labeler.torch.FixtureTeacherModel;
import io.stillstream.labeler.torch.TeacherModelFixtures;
import io.stillstream.runtime.records.DeadLetterFactory;
import io.stillstream.runtime.records.RecordValueDeserializer;
import io.stillstream.runtime.records.RecordValueSerializer;
import io.stillstream.runtime.records.TooManyFailuresException;
import io.stillstream.runtime.records.UnexpectedFailurePolicy;
import io.stillstream.schemas.AugmentedView;
import io.stillstream.schemas.LabeledView;
import io.stillstream.schemas.answer.OutputShape;
import io.stillstream.schemas.values.FloatArrays;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LabelingTaskTest {
  private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
  private final MicrometerLabelerMetrics metrics = new MicrometerLabelerMetrics(meters, 3);
  private final Map<Integer, AugmentedView> views = new HashMap<>();
  private final List<Integer> batchSizes = new ArrayList<>();
  private int openBatches;
  private int leasesHeld;
  private String failingImage;
  private AugmentedView failingView;
  private boolean failingTeacher;
  private boolean unavailable;
  private Set<Integer> failingTimes = Set.of();
  private int times;

  @TempDir private Path directory;
  private CrashQuarantine quarantine;
  private BatchTaskFactory labeler;

  @BeforeEach
  void setUp() {
    restart();
  }

  @Test
  void shouldLabelABatchWithOneLeaseAndReleaseEverything() {
    // when
    List<EncodedResult> results = label(records(0, 1, 2));

    // then
    assertThat(batchSizes).containsExactly(3);
    for (int n = 0; n < 3; n++) {
      LabeledView label = SingleObjectAvro.labeled(results.get(n).output().value());
      assertThat(label.getView()).isEqualTo(view(n));
      assertThat(FloatArrays.toArray(label.getLogits()))
          .containsExactly(TeacherModelFixtures.linear(TeacherModelFixtures.view(n)));
      assertThat(label.getTeachers()).extracting(teacher -> teacher.getName()).containsOnly("echo");
    }
    assertThat(leasesHeld).isZero();
    assertThat(openBatches).isZero();
  }

  @Test
  void shouldKeepTheLeaseUntilTheResultsAreEncoded() {
    // given
    BatchTaskFactory.Task task = labeler.begin(records(0));
    task.preprocess(0);
    task.infer();

    // then
    assertThat(leasesHeld).isEqualTo(1);
    assertThat(openBatches).isZero();
    assertThat(task.encode()).hasSize(1);
    task.close();
    assertThat(leasesHeld).isZero();
  }

  @Test
  void shouldReleaseEverythingWhenABatchIsCancelled() {
    // given
    BatchTaskFactory.Task task = labeler.begin(records(0, 1));
    task.preprocess(0);

    // when
    task.close();

    // then
    assertThat(leasesHeld).isZero();
    assertThat(openBatches).isZero();
    restart();
    assertThat(quarantine.suspectsIn(records(0, 1))).isEmpty();
  }

  @Test
  void shouldHoldItAgainstNoViewThatTheTeacherIsAway() {
    // given
    unavailable = true;
    BatchTaskFactory.Task task = labeler.begin(records(0, 1));
    task.preprocess(0);

    // then
    assertThatExceptionOfType(TeacherUnavailableException.class).isThrownBy(task::infer);
    task.close();
    assertThat(batchSizes).containsExactly(2);
    assertThat(leasesHeld).isZero();
    assertThat(openBatches).isZero();

    // and: the batch is repeated as a whole
    unavailable = false;
    assertThat(label(records(0, 1))).hasSize(2);
    assertThat(batchSizes).containsExactly(2, 2);
  }

  @Test
  void shouldNotDecodeViewsOverBudget() {
    // given: pixels that could not be decoded
    ConsumerRecord<byte[], byte[]> overBudget = record(8, LabelerTestTopics.view(8, new byte[3]));

    // when
    List<EncodedResult> results = label(List.of(record(1, view(1)), overBudget));

    // then
    LabeledView passedOver = SingleObjectAvro.labeled(results.get(1).output().value());
    assertThat(passedOver.getLogits()).isNull();
    assertThat(passedOver.getTeachers()).isEmpty();
    assertThat(results.get(1).count()).isInstanceOf(CommittedCount.OverBudget.class);
    assertThat(batchSizes).containsExactly(1);
  }

  @Test
  void shouldInferSuspectsOneByOneAfterTheOthersAndClearThem() {
    // given: a process that died with two views in hand
    labeler.begin(records(1, 2)).preprocess(0);
    restart();

    // when
    BatchTaskFactory.Task task = labeler.begin(records(0, 1, 2, 3));

    // then
    assertThat(task.isExclusive()).isTrue();
    task.preprocess(0);
    task.infer();
    assertThat(batchSizes).containsExactly(2, 1, 1);
    assertThat(task.encode())
        .extracting(result -> SingleObjectAvro.labeled(result.output().value()).getView())
        .containsExactly(view(0), view(1), view(2), view(3));
    task.close();
    assertThat(labeler.begin(records(1, 2)).isExclusive()).isFalse();
    assertThat(meters.get("teacher.suspects").gauge().value()).isZero();
  }

  @Test
  void shouldNotInferWhatWasAloneInFlightAtTwoDeaths() {
    // given
    labeler.begin(records(1)).preprocess(0);
    restart();
    quarantine.markAlone(records(1).get(0));
    restart();
    quarantine.markAlone(records(1).get(0));
    restart();

    // when
    List<EncodedResult> results = label(records(0, 1));

    // then
    assertThat(batchSizes).containsExactly(1);
    assertThat(results.get(1).count())
        .isEqualTo(new CommittedCount.Rejected(ViewResult.Reason.CRASH));
    assertThat(results.get(1).output().topic()).isEqualTo("dead-letters");
  }

  @Test
  void shouldLabelAllOthersOfABatchInWhichOneViewMakesTheProgramFail() {
    // given: one each before, in and after inference
    failingImage = "image-1";
    failingView = view(3);
    failingTimes = IntStream.of(3, 4, 5).boxed().collect(Collectors.toSet());

    // when
    List<EncodedResult> results = label(records(0, 1, 2, 3, 4, 5));

    // then: of the four that are encoded, the third fails
    assertThat(results)
        .extracting(result -> result.output().topic())
        .containsExactly(
            "labeled-views",
            "dead-letters",
            "labeled-views",
            "dead-letters",
            "dead-letters",
            "labeled-views");
    assertThat(results.get(3).count())
        .isEqualTo(new CommittedCount.Rejected(ViewResult.Reason.FAILED));
    assertThat(List.of(1, 3, 4))
        .extracting(n -> message(results.get(n)))
        .containsExactly(
            "java.lang.IllegalStateException: budget",
            "java.lang.IllegalStateException: teacher",
            "java.lang.StackOverflowError: time");
    assertThat(openBatches).isZero();
    assertThat(leasesHeld).isZero();
  }

  @Test
  void shouldRejectNoViewIfTheTeacherFailsOnAKnownGoodOne() {
    // given
    failingTeacher = true;

    // then
    assertThatThrownBy(() -> label(records(0, 1, 2)))
        .isInstanceOf(BrokenTeacherException.class)
        .hasMessageContaining("java.lang.IllegalStateException: teacher");
  }

  @Test
  void shouldEndWhenViewAfterViewFails() {
    // given
    failingImage = "";

    // then
    assertThatThrownBy(() -> label(records(0, 1, 2, 3, 4, 5)))
        .isInstanceOf(TooManyFailuresException.class)
        .hasMessageContaining("5 records in a row")
        .hasMessageContaining("views-0@4");
  }

  @Test
  void shouldLabelViewsOfAnyCaptureTime() {
    // given
    List<ConsumerRecord<byte[], byte[]>> odd = new ArrayList<>();
    List<Instant> moments =
        List.of(
            Instant.ofEpochMilli(Long.MIN_VALUE),
            Instant.parse("0001-01-01T00:00:00Z"),
            Instant.ofEpochMilli(Long.MAX_VALUE));
    for (int n = 0; n < moments.size(); n++) {
      view(n).setCapturedAt(moments.get(n));
      odd.add(record(n, view(n)));
    }

    // when
    List<EncodedResult> results = label(odd);

    // then
    assertThat(results)
        .extracting(result -> SingleObjectAvro.labeled(result.output().value()).getView())
        .extracting(AugmentedView::getCapturedAt)
        .containsExactlyElementsOf(moments);
  }

  private static String message(EncodedResult result) {
    return new String(
        result.output().headers().lastHeader(DeadLetterFactory.MESSAGE).value(),
        StandardCharsets.UTF_8);
  }

  private boolean covers(String imageId) {
    if (imageId.equals(failingImage) || "".equals(failingImage)) {
      throw new IllegalStateException("budget");
    }
    return !imageId.equals("image-8");
  }

  private Instant time() {
    times++;
    if (failingTimes.contains(times)) {
      throw new StackOverflowError("time");
    }
    return Instant.now();
  }

  private List<EncodedResult> label(List<ConsumerRecord<byte[], byte[]>> records) {
    try (BatchTaskFactory.Task task = labeler.begin(records)) {
      task.preprocess(0);
      task.infer();
      return task.encode();
    }
  }

  /** The last process did not end regularly. */
  private void restart() {
    quarantine = CrashQuarantine.open(directory, "group-0", metrics);
    Map<String, String> kafka =
        Map.of(
            "value.deserializer", SingleObjectAvro.Reader.class.getName(),
            "value.serializer", SingleObjectAvro.Writer.class.getName());
    labeler =
        new LabelingTaskFactory(
            new Counting()::acquire,
            new ViewPreprocessor(
                this::covers, new RecordValueDeserializer<>(AugmentedView.class, kafka, meters)),
            new BatchInferencer(
                new BatchBuckets(8, List.of()),
                new DeviceBatchLimits(
                    128, Duration.ZERO, (device, cap, before) -> {}, System::nanoTime),
                metrics,
                System::nanoTime),
            new ResultEncoder(
                new AnswerEncoder(OutputShape.classification(3), OptionalInt.empty()),
                new RecordValueSerializer<>(kafka, meters),
                "labeled-views",
                10_000,
                new DeadLetterFactory("dead-letters", "teacher-labeler", meters, 10_000),
                this::time),
            new UnexpectedFailurePolicy(
                5, List.of(BrokenTeacherException.class, TeacherUnavailableException.class)),
            quarantine,
            () -> true);
  }

  private List<ConsumerRecord<byte[], byte[]>> records(int... offsets) {
    return IntStream.of(offsets).mapToObj(offset -> record(offset, view(offset))).toList();
  }

  private static ConsumerRecord<byte[], byte[]> record(int offset, AugmentedView view) {
    return new ConsumerRecord<>(
        "views", 0, offset, LabelerTestTopics.key(offset), SingleObjectAvro.view(view));
  }

  private AugmentedView view(int n) {
    return views.computeIfAbsent(n, i -> LabelerTestTopics.view(i, TeacherModelFixtures.view(i)));
  }

  /** One teacher that records batch sizes and counts what has not been released. */
  private final class Counting extends FixtureTeacherModel implements TeacherLease {
    private Counting() {
      super("echo");
    }

    private TeacherLease acquire() {
      leasesHeld++;
      return this;
    }

    @Override
    public List<Contribution> contributions() {
      return List.of(new Contribution(identity(), 1.0));
    }

    @Override
    public int lanes() {
      return 1;
    }

    @Override
    public TeacherModel lane(int lane) {
      return this;
    }

    @Override
    public DeviceBatch prepare(List<Pixels> batch) {
      openBatches++;
      return new FakeDeviceBatch(batch, () -> openBatches--);
    }

    @Override
    public float[][] answers(DeviceBatch batch) {
      batchSizes.add(batch.size());
      boolean failing =
          failingView != null
              && ((FakeDeviceBatch) batch)
                  .views().stream()
                      .anyMatch(
                          view -> ByteBuffer.wrap(view.bytes()).equals(failingView.getPixels()));
      if (unavailable) {
        throw new TeacherUnavailableException("away");
      }
      if (failing || failingTeacher) {
        throw new IllegalStateException("teacher");
      }
      return ((FakeDeviceBatch) batch)
          .views().stream()
              .map(view -> TeacherModelFixtures.linear(view.bytes()))
              .toArray(float[][]::new);
    }

    /** Of the lease. */
    @Override
    public void close() {
      leasesHeld--;
    }
  }
}
