package io.stillstream.labeler.inference;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.stillstream.labeler.LabelerTestTopics;
import io.stillstream.labeler.batching.BatchBuckets;
import io.stillstream.labeler.batching.DeviceBatchLimits;
import io.stillstream.labeler.metrics.MicrometerLabelerMetrics;
import io.stillstream.labeler.model.FakePreparedBatch;
import io.stillstream.labeler.model.Pixels;
import io.stillstream.labeler.model.PreparedBatch;
import io.stillstream.labeler.model.TeacherModel;
import io.stillstream.labeler.output.LabeledViewWriter;
import io.stillstream.labeler.output.ResultEncoder;
import io.stillstream.labeler.preprocess.ViewDecoder;
import io.stillstream.labeler.preprocess.ViewPreprocessor;
import io.stillstream.labeler.quarantine.CrashQuarantine;
import io.stillstream.labeler.result.EncodedResult;
import io.stillstream.labeler.result.EncodedResult.CommittedCount;
import io.stillstream.labeler.result.ViewResult;
import io.stillstream.labeler.teachers.TeacherLease;
import io.stillstream.labeler.teachers.TeacherPool;
import io.stillstream.labeler.torch.TeacherModelFixtures;
import io.stillstream.runtime.records.DeadLetterFactory;
import io.stillstream.runtime.records.RecordValueDeserializer;
import io.stillstream.runtime.records.RecordValueSerializer;
import io.stillstream.runtime.records.TooManyFailuresException;
import io.stillstream.runtime.records.UnexpectedFailurePolicy;
import io.stillstream.schemas.AugmentedView;
import io.stillstream.schemas.LabeledView;
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
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TeacherBatchLabelerTest {
  private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
  private final MicrometerLabelerMetrics metrics = new MicrometerLabelerMetrics(meters, 3);
  private final Map<Integer, AugmentedView> views = new HashMap<>();
  private final List<Integer> asked = new ArrayList<>();
  private int laidOut;
  private int termsHeld;
  private String poisonForBudget;
  private AugmentedView poisonForTeacher;
  private boolean poisonForAll;
  private Set<Integer> failingTimes = Set.of();
  private int times;

  @TempDir private Path directory;
  private CrashQuarantine suspects;
  private BatchLabeler labeling;

  @BeforeEach
  void setUp() {
    restart();
  }

  @Test
  void shouldLabelABatchUnderOneTermAndGiveEverythingBack() {
    // when
    List<EncodedResult> outcomes = label(records(0, 1, 2));

    // then
    assertThat(asked).containsExactly(3);
    for (int n = 0; n < 3; n++) {
      LabeledView label = SingleObjectAvro.labeled(outcomes.get(n).output().value());
      assertThat(label.getView()).isEqualTo(view(n));
      assertThat(FloatArrays.toArray(label.getLogits()))
          .containsExactly(TeacherModelFixtures.linear(TeacherModelFixtures.view(n)));
      assertThat(label.getTeachers()).extracting(teacher -> teacher.getName()).containsOnly("echo");
    }
    assertThat(termsHeld).isZero();
    assertThat(laidOut).isZero();
  }

  @Test
  void shouldKeepTheTermUntilTheOutcomesAreMade() {
    // given
    BatchLabeler.Task work = labeling.begin(records(0));
    work.decode(0);
    work.infer();

    // then
    assertThat(termsHeld).isEqualTo(1);
    assertThat(laidOut).isZero();
    assertThat(work.encode()).hasSize(1);
    work.close();
    assertThat(termsHeld).isZero();
  }

  @Test
  void shouldGiveEverythingBackWhenABatchComesToNothing() {
    // given
    BatchLabeler.Task work = labeling.begin(records(0, 1));
    work.decode(0);

    // when
    work.close();

    // then
    assertThat(termsHeld).isZero();
    assertThat(laidOut).isZero();
    restart();
    assertThat(suspects.suspectsIn(records(0, 1))).isEmpty();
  }

  @Test
  void shouldPassOverWhatTheBudgetLeavesOutWithoutDecodingIt() {
    // given: pixels that could not be decoded
    ConsumerRecord<byte[], byte[]> left = record(8, LabelerTestTopics.view(8, new byte[3]));

    // when
    List<EncodedResult> outcomes = label(List.of(record(1, view(1)), left));

    // then
    LabeledView passedOver = SingleObjectAvro.labeled(outcomes.get(1).output().value());
    assertThat(passedOver.getLogits()).isNull();
    assertThat(passedOver.getTeachers()).isEmpty();
    assertThat(outcomes.get(1).settlement()).isInstanceOf(CommittedCount.OverBudget.class);
    assertThat(asked).containsExactly(1);
  }

  @Test
  void shouldTrySuspectsOneByOneBehindTheOthersAndAcquitThem() {
    // given: a process that died with two views in hand
    labeling.begin(records(1, 2)).decode(0);
    restart();

    // when
    BatchLabeler.Task work = labeling.begin(records(0, 1, 2, 3));

    // then
    assertThat(work.isExclusive()).isTrue();
    work.decode(0);
    work.infer();
    assertThat(asked).containsExactly(2, 1, 1);
    assertThat(work.encode())
        .extracting(outcome -> SingleObjectAvro.labeled(outcome.output().value()).getView())
        .containsExactly(view(0), view(1), view(2), view(3));
    work.close();
    assertThat(labeling.begin(records(1, 2)).isExclusive()).isFalse();
    assertThat(meters.get("teacher.suspects").gauge().value()).isZero();
  }

  @Test
  void shouldNotTryWhatHasBeenAloneInHandAtTwoDeaths() {
    // given
    labeling.begin(records(1)).decode(0);
    restart();
    suspects.markAlone(records(1).get(0));
    restart();
    suspects.markAlone(records(1).get(0));
    restart();

    // when
    List<EncodedResult> outcomes = label(records(0, 1));

    // then
    assertThat(asked).containsExactly(1);
    assertThat(outcomes.get(1).settlement())
        .isEqualTo(new CommittedCount.Rejected(ViewResult.Reason.CRASH));
    assertThat(outcomes.get(1).output().topic()).isEqualTo("dead-letters");
  }

  @Test
  void shouldLabelAllOthersOfABatchInWhichOneViewMakesTheProgramFail() {
    // given: one each before, in and behind the teacher's hands
    poisonForBudget = "image-1";
    poisonForTeacher = view(3);
    failingTimes = IntStream.of(3, 4, 5).boxed().collect(Collectors.toSet());

    // when
    List<EncodedResult> outcomes = label(records(0, 1, 2, 3, 4, 5));

    // then: of the four that are encoded, the third fails
    assertThat(outcomes)
        .extracting(outcome -> outcome.output().topic())
        .containsExactly(
            "labeled-views",
            "dead-letters",
            "labeled-views",
            "dead-letters",
            "dead-letters",
            "labeled-views");
    assertThat(outcomes.get(3).settlement())
        .isEqualTo(new CommittedCount.Rejected(ViewResult.Reason.FAILED));
    assertThat(List.of(1, 3, 4))
        .extracting(n -> message(outcomes.get(n)))
        .containsExactly(
            "java.lang.IllegalStateException: budget",
            "java.lang.IllegalStateException: teacher",
            "java.lang.StackOverflowError: time");
    assertThat(laidOut).isZero();
    assertThat(termsHeld).isZero();
  }

  @Test
  void shouldBlameNoViewIfTheTeacherFailsOnOneThatItKnows() {
    // given
    poisonForAll = true;

    // then
    assertThatThrownBy(() -> label(records(0, 1, 2)))
        .isInstanceOf(BrokenTeacherException.class)
        .hasMessageContaining("java.lang.IllegalStateException: teacher");
  }

  @Test
  void shouldEndWhenViewAfterViewFails() {
    // given
    poisonForBudget = "";

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
    List<EncodedResult> outcomes = label(odd);

    // then
    assertThat(outcomes)
        .extracting(outcome -> SingleObjectAvro.labeled(outcome.output().value()).getView())
        .extracting(AugmentedView::getCapturedAt)
        .containsExactlyElementsOf(moments);
  }

  private static String message(EncodedResult outcome) {
    return new String(
        outcome.output().headers().lastHeader(DeadLetterFactory.MESSAGE).value(),
        StandardCharsets.UTF_8);
  }

  private boolean covers(String imageId) {
    if (imageId.equals(poisonForBudget) || "".equals(poisonForBudget)) {
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
    try (BatchLabeler.Task work = labeling.begin(records)) {
      work.decode(0);
      work.infer();
      return work.encode();
    }
  }

  /** The process before has not ended in good order. */
  private void restart() {
    suspects = CrashQuarantine.open(directory, "group-0", metrics);
    Map<String, String> kafka =
        Map.of(
            "value.deserializer", SingleObjectAvro.Reader.class.getName(),
            "value.serializer", SingleObjectAvro.Writer.class.getName());
    labeling =
        new TeacherBatchLabeler(
            new Counting(),
            new ViewPreprocessor(
                this::covers,
                new ViewDecoder(new RecordValueDeserializer<>(AugmentedView.class, kafka, meters))),
            new BatchInferencer(
                new BatchBuckets(8, List.of()),
                new DeviceBatchLimits(
                    128, Duration.ZERO, (device, cap, before) -> {}, System::nanoTime),
                metrics,
                System::nanoTime),
            new ResultEncoder(
                new LabeledViewWriter(
                    new RecordValueSerializer<>(kafka, meters),
                    "labeled-views",
                    10_000,
                    this::time),
                new DeadLetterFactory("dead-letters", "teacher-labeler", meters, 10_000)),
            new UnexpectedFailurePolicy(5, BrokenTeacherException.class),
            suspects,
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

  /** A faculty of one teacher that notes what it is asked, and what has not been given back. */
  private final class Counting implements TeacherPool, TeacherLease, TeacherModel {
    @Override
    public TeacherLease acquire() {
      termsHeld++;
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
    public Identity identity() {
      return new Identity("echo", "1", "00");
    }

    @Override
    public int classes() {
      return 3;
    }

    @Override
    public Optional<String> rejectionReason(Pixels view) {
      return Optional.empty();
    }

    @Override
    public PreparedBatch prepare(List<Pixels> batch) {
      laidOut++;
      return new FakePreparedBatch(batch, () -> laidOut--);
    }

    @Override
    public float[][] logits(PreparedBatch batch) {
      asked.add(batch.size());
      boolean poisoned =
          poisonForTeacher != null
              && ((FakePreparedBatch) batch)
                  .views().stream()
                      .anyMatch(
                          view ->
                              ByteBuffer.wrap(view.bytes()).equals(poisonForTeacher.getPixels()));
      if (poisoned || poisonForAll) {
        throw new IllegalStateException("teacher");
      }
      return ((FakePreparedBatch) batch)
          .views().stream()
              .map(view -> TeacherModelFixtures.linear(view.bytes()))
              .toArray(float[][]::new);
    }

    @Override
    public Pixels knownGood() {
      return TeacherModelFixtures.pixels(0);
    }

    /** Of the term. */
    @Override
    public void close() {
      termsHeld--;
    }
  }
}
