package io.stillstream.labeler.inference;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.stillstream.labeler.batching.BatchBuckets;
import io.stillstream.labeler.batching.DeviceBatchLimits;
import io.stillstream.labeler.metrics.RecordingLabelerMetrics;
import io.stillstream.labeler.model.DeviceBatch;
import io.stillstream.labeler.model.FakeDeviceBatch;
import io.stillstream.labeler.model.InferenceException;
import io.stillstream.labeler.model.Pixels;
import io.stillstream.labeler.model.TeacherModel;
import io.stillstream.labeler.result.ViewResult;
import io.stillstream.labeler.result.ViewResult.Labeled;
import io.stillstream.labeler.result.ViewResult.Reason;
import io.stillstream.labeler.result.ViewResult.Rejected;
import io.stillstream.schemas.answer.OutputShape;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class BatchInferencerTest {
  private static final byte POISON = 13;
  private static final byte NOT_A_NUMBER = 14;
  private static final byte HUNGRY = 15;
  private static final Duration MINUTE = Duration.ofMinutes(1);

  private byte knownGood;
  private int laidOut;
  private int givenBack;
  private final List<Integer> asked = new ArrayList<>();
  private final List<Integer> wanted = new ArrayList<>();
  private final AtomicLong nanos = new AtomicLong();
  private final RecordingLabelerMetrics timings = new RecordingLabelerMetrics();
  private final List<String> caps = new ArrayList<>();
  private int max = 128;
  private List<Integer> buckets = List.of();
  private int room = Integer.MAX_VALUE;
  private boolean roundsBySize;
  private OutputShape output = OutputShape.classification(2);
  private BatchInferencer inferencer;

  @BeforeEach
  void setUp() {
    inferencer = inferencer();
  }

  @Test
  void shouldInferInOrderInOneBatch() {
    // when
    List<ViewResult> results = examine(views(3, 1, 2));

    // then
    assertThat(results)
        .extracting(answer -> ((Labeled) answer).answer()[0])
        .containsExactly(3f, 1f, 2f);
    assertThat(asked).containsExactly(3);
  }

  @Test
  void shouldInferNothingForNoViews() {
    assertThat(examine(List.of())).isEmpty();
    assertThat(asked).isEmpty();
  }

  @Test
  void shouldRejectOnlyTheFailingViewAndLabelAllOthers() {
    // given
    byte[] pixels = new byte[128];
    pixels[77] = POISON;

    // when
    List<ViewResult> results = examine(views(pixels));

    // then
    assertThat(results).hasSize(128);
    assertThat(IntStream.range(0, 128).filter(n -> results.get(n) instanceof Rejected))
        .containsExactly(77);
    assertThat(results.get(77)).isEqualTo(new Rejected(Reason.INFERENCE, "poison"));
    // The last question is the one whether the teacher is sound.
    assertThat(asked).hasSize(1 + 2 * 7 + 1);
  }

  @Test
  void shouldRejectEveryViewIfAllFail() {
    // when
    List<ViewResult> results = examine(views(POISON, POISON, POISON));

    // then
    assertThat(results).hasSize(3).allMatch(Rejected.class::isInstance);
  }

  @Test
  void shouldTimeEveryInferenceAlsoAFailedOne() {
    // when
    assertThat(examine(views(1, POISON))).hasSize(2);

    // then
    assertThat(timings.inferences).extracting(Duration::toMillis).containsExactly(2L, 1L, 1L, 1L);
  }

  @Test
  void shouldRejectNothingIfTheTeacherFailsOnAKnownGoodView() {
    // given
    knownGood = POISON;

    // then
    assertThatExceptionOfType(BrokenTeacherException.class)
        .isThrownBy(() -> examine(views(1, POISON, 2)))
        .withMessage("the teacher fails on a view that it has inferred before: poison");
  }

  @Test
  void shouldRejectNothingIfAKnownGoodViewGetsNoFiniteLogits() {
    // given
    knownGood = NOT_A_NUMBER;

    // then
    assertThatExceptionOfType(BrokenTeacherException.class)
        .isThrownBy(() -> examine(views(POISON)))
        .withMessage(
            "the teacher fails on a view (poison), and of one that it has inferred before the logit of class 1 is NaN");
  }

  @Test
  void shouldGoOnIfTheEmbeddingOfAKnownGoodViewIsZero() {
    // given
    output = OutputShape.embedding(2);
    knownGood = 0;

    // when
    List<ViewResult> results = examine(views(1, POISON, 0));

    // then
    assertThat(results.get(0)).isInstanceOf(Labeled.class);
    assertThat(results.get(1)).isEqualTo(new Rejected(Reason.INFERENCE, "poison"));
    assertThat(results.get(2))
        .isInstanceOfSatisfying(
            Rejected.class,
            rejected -> assertThat(rejected.reason()).isEqualTo(Reason.ZERO_EMBEDDING));
  }

  @Test
  void shouldRejectLogitsThatAreNotFinite() {
    // when
    List<ViewResult> results = examine(views(1, NOT_A_NUMBER, 2));

    // then
    assertThat(results.get(0)).isInstanceOf(Labeled.class);
    assertThat(results.get(1))
        .isEqualTo(new Rejected(Reason.NON_FINITE, "the logit of class 1 is NaN"));
    assertThat(results.get(2)).isInstanceOf(Labeled.class);
  }

  @Test
  void shouldPadToTheNextBucketAndDropWhatThePaddingGets() {
    // given
    buckets = List.of(2, 8, 128);
    knownGood = 99;
    inferencer = inferencer();

    // when
    List<ViewResult> results = examine(views(1, 2, 3));

    // then
    assertThat(results)
        .extracting(answer -> ((Labeled) answer).answer()[0])
        .containsExactly(1f, 2f, 3f);
    assertThat(asked).containsExactly(8);
    assertThat(wanted).containsExactly(3);
  }

  @Test
  void shouldGiveAViewTheSameAnswerInWhateverBatchItComes() {
    // given: kernels round as the size of the batch has it
    roundsBySize = true;
    max = 8;
    buckets = List.of(8);
    inferencer = inferencer();

    // when: alone, in part of a batch, in more than one, and beside what the teacher fails on
    List<ViewResult> results = new ArrayList<>(examine(views(3)));
    results.addAll(examine(views(3, 3, 3)));
    results.addAll(examine(views(3, 3, 3, 3, 3, 3, 3, 3, 3, 3)));
    results.addAll(examine(views(3, POISON, 3, 3)));

    // then
    assertThat(results)
        .filteredOn(Labeled.class::isInstance)
        .hasSize(17)
        .extracting(answer -> ((Labeled) answer).answer()[0])
        .containsOnly(3.008f);
  }

  @Test
  void shouldPadTheHalvesOfABatchThatFails() {
    // given
    buckets = List.of(1, 4, 128);
    inferencer = inferencer();

    // when
    List<ViewResult> results = examine(views(1, 2, POISON, 4, 5, 6));

    // then
    assertThat(results.get(2)).isInstanceOf(Rejected.class);
    assertThat(results).filteredOn(Labeled.class::isInstance).hasSize(5);
    assertThat(asked).isSubsetOf(buckets);
  }

  @Test
  void shouldCheckTheTeacherInABatchOfASizeThatItKnows() {
    // given
    buckets = List.of(4, 128);
    inferencer = inferencer();

    // when
    List<ViewResult> results = examine(views(POISON));

    // then: the view, and after it the known one
    assertThat(results.get(0)).isInstanceOf(Rejected.class);
    assertThat(asked).containsExactly(4, 4);
  }

  @Test
  void shouldUseSmallerBatchesWhenMemoryIsShort() {
    // given
    room = 20;

    // when
    List<ViewResult> results = examine(views(new byte[100]));

    // then
    assertThat(results).hasSize(100).allMatch(Labeled.class::isInstance);
    assertThat(asked).startsWith(100, 50, 25, 12);
    assertThat(caps).containsExactly("cpu 50", "cpu 25", "cpu 12");

    // when
    asked.clear();
    results = examine(views(new byte[25]));

    // then
    assertThat(results).hasSize(25);
    assertThat(asked).containsExactly(12, 12, 1);
  }

  @Test
  void shouldUseLargerBatchesAgainAfterAPause() {
    // given: a shortage that passes
    room = 20;
    assertThat(examine(views(new byte[100]))).hasSize(100);
    room = Integer.MAX_VALUE;
    asked.clear();

    // when
    for (int minute = 0; minute < 4; minute++) {
      nanos.addAndGet(MINUTE.toNanos());
      assertThat(examine(views(new byte[100]))).allMatch(Labeled.class::isInstance);
    }

    // then
    assertThat(asked).containsExactly(24, 24, 24, 24, 4, 48, 48, 4, 96, 4, 100);
    assertThat(caps).endsWith("cpu 12", "cpu 24", "cpu 48", "cpu 96", "cpu 128");
  }

  @Test
  void shouldLoseNoViewByATryThatFails() {
    // given
    room = 64;
    assertThat(examine(views(new byte[128]))).hasSize(128);
    nanos.addAndGet(MINUTE.toNanos());
    asked.clear();

    // when
    List<ViewResult> results = examine(views(new byte[128]));

    // then
    assertThat(results).hasSize(128).allMatch(Labeled.class::isInstance);
    assertThat(asked).containsExactly(128, 64, 64);
    nanos.addAndGet(MINUTE.toNanos());
    asked.clear();
    assertThat(examine(views(new byte[128]))).hasSize(128);
    assertThat(asked).containsExactly(64, 64);
  }

  @Test
  void shouldSplitABatchThatWasPreparedBeforeTheLimit() {
    // given
    room = 20;
    TeacherModel teacher = new Sensitive();
    try (BatchInferencer.InferenceInput before = inferencer.prepare(teacher, views(new byte[16]))) {
      assertThat(examine(views(new byte[30]))).hasSize(30);
      asked.clear();

      // when
      List<ViewResult> results = inferencer.infer(before);

      // then
      assertThat(results).hasSize(16);
      assertThat(asked).containsExactly(15, 1);
    }
  }

  @Test
  void shouldFillTheRoomWithBuckets() {
    // given
    buckets = List.of(1, 8, 32, 128);
    room = 20;
    inferencer = inferencer();

    // when
    assertThat(examine(views(new byte[100]))).hasSize(100).allMatch(Labeled.class::isInstance);
    asked.clear();
    assertThat(examine(views(new byte[18]))).hasSize(18);

    // then
    assertThat(asked).containsExactly(8, 8, 8);
  }

  @Test
  void shouldRejectAViewThatAloneExceedsTheMemoryUnlessAGreyOneDoesToo() {
    // given
    room = 0;

    // then
    assertThatExceptionOfType(BrokenTeacherException.class)
        .isThrownBy(() -> examine(views(1, 2)))
        .withMessageContaining("out of memory");

    // given
    room = Integer.MAX_VALUE;

    // then
    assertThat(examine(views(1, HUNGRY)))
        .extracting(ViewResult::getClass)
        .containsExactly(Labeled.class, Rejected.class);
  }

  @Test
  void shouldReleaseDeviceBatches() {
    // given
    room = 20;

    // when
    assertThat(examine(views(new byte[100]))).hasSize(100);
    assertThat(examine(views(1, POISON, 3))).hasSize(3);

    // then
    assertThat(laidOut).isPositive().isEqualTo(givenBack);
  }

  private BatchInferencer inferencer() {
    return new BatchInferencer(
        new BatchBuckets(max, buckets),
        new DeviceBatchLimits(
            128, MINUTE, (device, cap, before) -> caps.add(device + " " + cap), nanos::get),
        timings,
        nanos::get);
  }

  private List<ViewResult> examine(List<Pixels> views) {
    try (BatchInferencer.InferenceInput prepared = inferencer.prepare(new Sensitive(), views)) {
      return inferencer.infer(prepared);
    }
  }

  private static List<Pixels> views(int... pixels) {
    return IntStream.of(pixels).mapToObj(BatchInferencerTest::view).toList();
  }

  private static List<Pixels> views(byte[] pixels) {
    return IntStream.range(0, pixels.length).mapToObj(n -> view(pixels[n])).toList();
  }

  private static Pixels view(int pixel) {
    return new Pixels(1, 1, 1, new byte[] {(byte) pixel});
  }

  private final class Sensitive implements TeacherModel {
    @Override
    public Identity identity() {
      return new Identity("sensitive", "1", "00", "test");
    }

    @Override
    public OutputShape output() {
      return output;
    }

    @Override
    public Optional<String> rejectionReason(Pixels view) {
      return Optional.empty();
    }

    @Override
    public DeviceBatch prepare(List<Pixels> views) {
      laidOut++;
      return new FakeDeviceBatch(views, () -> givenBack++);
    }

    @Override
    public Pixels knownGood() {
      return view(knownGood);
    }

    @Override
    public float[][] answers(DeviceBatch batch, int views) {
      wanted.add(views);
      return TeacherModel.super.answers(batch, views);
    }

    @Override
    public float[][] answers(DeviceBatch batch) {
      List<Pixels> views = ((FakeDeviceBatch) batch).views();
      asked.add(views.size());
      nanos.addAndGet(1_000_000L * views.size());
      if (views.size() > room || views.stream().anyMatch(view -> view.bytes()[0] == HUNGRY)) {
        throw new InferenceException("out of memory", true, null);
      }
      if (views.stream().anyMatch(view -> view.bytes()[0] == POISON)) {
        throw new InferenceException("poison");
      }
      float rounding = roundsBySize ? 0.001f * views.size() : 0;
      return views.stream()
          .map(view -> view.bytes()[0])
          .map(first -> new float[] {first + rounding, first == NOT_A_NUMBER ? Float.NaN : 0f})
          .toArray(float[][]::new);
    }

    @Override
    public void close() {}
  }
}
