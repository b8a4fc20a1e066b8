package io.stillstream.trainer.label;

import static org.assertj.core.api.Assertions.assertThat;

import io.stillstream.runtime.model.ModelSpec;
import io.stillstream.schemas.PixelEncoding;
import io.stillstream.trainer.batch.ConsumedView;
import io.stillstream.trainer.batch.OffsetTrackingQueue;
import io.stillstream.trainer.batch.ViewAugmentation;
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
import io.stillstream.trainer.training.example.BatchBuilder;
import io.stillstream.trainer.training.example.LabelTarget;
import io.stillstream.trainer.training.example.TrainingBatch;
import io.stillstream.trainer.training.example.TrainingExample;
import io.stillstream.trainer.training.example.ViewIdentity;
import io.stillstream.trainer.training.example.ViewMask;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.lang.reflect.Proxy;
import java.nio.file.Path;
import java.time.Instant;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;

/** A join with a training whose student learns nothing, batches of two views. */
class LabelJoinTest {
  private static final int BATCH = 2;
  private static final ModelSpec MODEL =
      ModelSpec.load(Path.of("src/test/resources/students/mlp"), "student");
  private static final int CLASSES = 5;

  private final PrequentialWindow window = new PrequentialWindow(3);
  private final TeacherAwareReplay replay =
      new TeacherAwareReplay(
          ReplayBuffer.create(BufferKind.FIFO, BufferLimits.views(6), 1),
          TeacherChangePolicy.KEEP,
          ReplaySampling.ALL);
  private final OnlineTraining training = training(replay, window);
  private final Counts counts = new Counts();
  private final OffsetTrackingQueue queue = new OffsetTrackingQueue();
  private LabelJoin join = new LabelJoin(new LabelLimits(100, 10_000), training, counts);
  private long offset;

  @Test
  void shouldGiveALabelToAViewThatWaits() {
    // given
    take(view(1, 0, null));
    take(view(2, 0, LabelTarget.of(0)));

    // when
    LabelMatch match = join.accept(ImageTruth.ofClass(1, 3), queue);

    // then
    assertThat(match).isEqualTo(LabelMatch.LATE);
    assertThat(queue.next(9).get(0).view().target()).hasValue(LabelTarget.of(3));
    assertThat(queue.next(9).get(1).view().target()).hasValue(LabelTarget.of(0));
    train();
    assertThat(window.studentAccuracy()).hasValue(0.5);
  }

  @Test
  void shouldGiveALabelToViewsInTheBufferAndCorrectTheWindow() {
    // given: the student always says 0
    take(view(1, 0, null));
    take(view(1, 1, null));
    train();
    assertThat(window.studentAccuracy()).isEmpty();

    // when
    assertThat(join.accept(ImageTruth.ofClass(1, 0), queue)).isEqualTo(LabelMatch.LATE);

    // then
    assertThat(buffered()).hasSize(2).allMatch(view -> view.category() == 0 && view.hasTruth());
    assertThat(window.studentAccuracy()).hasValue(1);

    // when: another one replaces it
    assertThat(join.accept(ImageTruth.ofClass(1, 4), queue)).isEqualTo(LabelMatch.LATE);

    // then
    assertThat(buffered()).allMatch(view -> view.category() == 4);
    assertThat(window.studentAccuracy()).hasValue(0);
  }

  @Test
  void shouldPreferTheLabelThatCameApart() {
    // given
    assertThat(join.accept(ImageTruth.ofClass(1, 4), queue)).isEqualTo(LabelMatch.WAITING);
    assertThat(counts.waiting).isEqualTo(1);

    // when
    TrainingExample view = join.join(view(1, 0, LabelTarget.of(2)));

    // then
    assertThat(view.target()).hasValue(LabelTarget.of(4));
    assertThat(join.join(view(1, 1, null)).target()).hasValue(LabelTarget.of(4));
    assertThat(counts.matches).containsOnly(Map.entry(LabelMatch.EARLY, 1));
    assertThat(counts.waiting).isZero();
  }

  @Test
  void shouldLeaveAViewAsItIsOfWhichNothingIsKnown() {
    // given
    TrainingExample labelled = view(1, 0, new LabelTarget(1, 2, 0.5f));
    TrainingExample unknown =
        new TrainingExample(PixelEncoding.RAW, new byte[1], null, LabelTarget.of(1), true);

    // then
    assertThat(join.join(labelled)).isSameAs(labelled);
    assertThat(join.join(unknown)).isSameAs(unknown);
  }

  @Test
  void shouldCountForTheTeacherAloneWhatIsNotThereAnyMore() {
    // given: image 1 leaves buffer and window
    for (int image = 1; image <= 8; image++) {
      take(view(image, 0, null));
      train();
    }
    assertThat(buffered()).noneMatch(view -> view.image() == 1);

    // when: the teacher favours the class of the image's number
    LabelMatch match = join.accept(ImageTruth.ofClass(1, 1), queue);

    // then
    assertThat(match).isEqualTo(LabelMatch.TEACHER);
    assertThat(counts.compared).isEqualTo(1);
    assertThat(counts.teacherRight).isEqualTo(1);

    // when: the label was wrong
    assertThat(join.accept(ImageTruth.ofClass(1, 3), queue)).isEqualTo(LabelMatch.TEACHER);

    // then
    assertThat(counts.compared).isEqualTo(1);
    assertThat(counts.teacherRight).isZero();
    assertThat(counts.matches).containsOnly(Map.entry(LabelMatch.TEACHER, 2));
  }

  @Test
  void shouldCompareTheTeacherAlsoWhenTheLabelIsEarlier() {
    // given
    join.accept(ImageTruth.ofClass(1, 1), queue);
    join.accept(ImageTruth.ofClass(2, 1), queue);

    // when: of image 2 the original is passed over
    TrainingExample unused = join.join(view(1, 0, null));
    unused = join.join(view(1, 1, null));
    unused = join.join(passedOver(2, 0));
    unused = join.join(view(2, 1, null));

    // then: what the teacher says of an augmented view is of other pixels
    assertThat(counts.compared).isEqualTo(1);
    assertThat(counts.teacherRight).isEqualTo(1);
  }

  @Test
  void shouldSayThatNothingIsLeftOfAnImage() {
    // given: nothing was said of it, so it was not trained on
    TrainingExample unused = join.join(passedOver(1, 0));

    // then
    assertThat(join.accept(ImageTruth.ofClass(1, 1), queue)).isEqualTo(LabelMatch.UNMATCHED);
    assertThat(join.join(view(1, 1, null)).target()).hasValue(LabelTarget.of(1));
    assertThat(counts.matches).containsOnly(Map.entry(LabelMatch.UNMATCHED, 1));
  }

  @Test
  void shouldCountLabelsThatWaitInVain() {
    // given: room for three images
    join = new LabelJoin(new LabelLimits(3, 1000), training, counts);
    join.accept(ImageTruth.ofClass(1, 1), queue);
    join.accept(ImageTruth.ofClass(1, 2), queue);
    assertThat(counts.matches).containsOnly(Map.entry(LabelMatch.UNMATCHED, 1));

    // when
    for (int image = 2; image <= 4; image++) {
      TrainingExample unused = join.join(view(image, 0, null));
    }

    // then
    assertThat(counts.waiting).isZero();
    assertThat(counts.matches).containsOnly(Map.entry(LabelMatch.UNMATCHED, 2));
    assertThat(join.join(view(1, 0, null)).target()).isEmpty();
  }

  @Test
  void shouldFindViewsInTheBufferWhoseImageLeftTheTable() {
    // given
    join = new LabelJoin(new LabelLimits(1, 1000), training, counts);
    take(view(1, 0, null));
    take(view(2, 0, null));
    train();

    // when
    LabelMatch match = join.accept(ImageTruth.ofClass(1, 2), queue);

    // then: nothing waits for the image, whose views have come
    assertThat(match).isEqualTo(LabelMatch.LATE);
    assertThat(counts.waiting).isZero();
    assertThat(buffered().get(0).target()).hasValue(LabelTarget.of(2));
  }

  @Test
  void shouldLabelAMixedViewWhenBothClassesAreKnown() {
    // given: image 1 has a label of its own, 2 has none
    TrainingExample unused = join.join(view(1, 0, LabelTarget.of(4)));
    take(mixed(2, 1, null, 0.75f));
    take(view(3, 0, null));
    assertThat(queue.next(1).get(0).view().target()).isEmpty();
    train();

    // when
    assertThat(join.accept(ImageTruth.ofClass(2, 3), queue)).isEqualTo(LabelMatch.LATE);

    // then
    assertThat(buffered().get(0).target()).hasValue(new LabelTarget(3, 4, 0.75f));

    // when
    assertThat(join.accept(ImageTruth.ofClass(1, 0), queue)).isEqualTo(LabelMatch.LATE);

    // then
    assertThat(buffered().get(0).target()).hasValue(new LabelTarget(3, 0, 0.75f));
    assertThat(join.join(mixed(2, 1, null, 0.1f)).target()).hasValue(new LabelTarget(3, 0, 0.1f));
    assertThat(join.join(mixed(1, 2, null, 0.1f)).target()).hasValue(new LabelTarget(0, 3, 0.1f));
    assertThat(join.join(mixed(1, 2, null, Float.NaN)).target()).isEmpty();
  }

  @Test
  void shouldReplaceOneClassOfALabelledMixedView() {
    // given
    take(mixed(2, 1, new LabelTarget(2, 1, 0.5f), 0.5f));

    // when
    join.accept(ImageTruth.ofClass(1, 4), queue);

    // then
    assertThat(queue.next(1).get(0).view().target()).hasValue(new LabelTarget(2, 4, 0.5f));
    join.accept(ImageTruth.ofClass(2, 0), queue);
    assertThat(queue.next(1).get(0).view().target()).hasValue(new LabelTarget(0, 4, 0.5f));
  }

  @Test
  void shouldNotKnowOfAPartnerThatWasLongBefore() {
    // given: partners are looked for in half of the table
    join = new LabelJoin(new LabelLimits(8, 1000), training, counts);
    join.accept(ImageTruth.ofClass(1, 4), queue);
    TrainingExample unused = join.join(view(1, 0, null));
    for (int image = 2; image <= 5; image++) {
      unused = join.join(view(image, 0, LabelTarget.of(0)));
    }

    // then
    assertThat(join.join(mixed(5, 1, null, 0.5f)).target()).hasValue(new LabelTarget(0, 4, 0.5f));
    assertThat(join.join(mixed(6, 1, LabelTarget.of(0), 0.5f)).target())
        .hasValue(LabelTarget.of(0));
  }

  @Test
  void shouldGiveMasksToOriginalsAlone() {
    // given
    byte[] stretched = {1};
    byte[] cropped = {2};
    ImageTruth truth = ImageTruth.ofMask(1, new ViewMask(stretched, cropped));
    take(view(1, 0, null));
    take(view(1, 1, null));

    // when
    assertThat(join.accept(truth, queue)).isEqualTo(LabelMatch.LATE);

    // then
    assertThat(queue.next(9).get(0).view().hasMask()).isTrue();
    assertThat(queue.next(9).get(1).view().hasMask()).isFalse();
    TrainingExample again = join.join(view(1, 0, null).asCropped());
    assertThat(again.withMask(cropped)).isSameAs(again);
    assertThat(join.join(queue.next(1).get(0).view())).isSameAs(queue.next(1).get(0).view());

    // when: another mask replaces it
    byte[] other = {3};
    join.accept(ImageTruth.ofMask(1, new ViewMask(other, other)), queue);

    // then
    TrainingExample replaced = queue.next(1).get(0).view();
    assertThat(replaced.withMask(other)).isSameAs(replaced);
  }

  @Test
  void shouldNotFindAnAugmentedViewForAMask() {
    // given
    TrainingExample unused = join.join(view(1, 0, null));
    take(view(1, 1, null));

    // then
    assertThat(join.accept(ImageTruth.ofMask(1, new ViewMask(new byte[1], new byte[1])), queue))
        .isEqualTo(LabelMatch.UNMATCHED);
  }

  @Test
  void shouldForgetErasedImages() {
    // given
    take(view(1, 0, null));
    take(view(2, 0, null));
    train();
    join.accept(ImageTruth.ofClass(1, 1), queue);
    join.accept(ImageTruth.ofClass(2, 1), queue);
    assertThat(counts.compared).isEqualTo(2);

    // when
    join.erase(image -> image == 1);
    training.removeIf(view -> view.image() == 1);

    // then: the outcome stays with the label that it had
    assertThat(counts.compared).isEqualTo(1);
    assertThat(join.join(view(1, 1, null)).target()).isEmpty();
    assertThat(join.accept(ImageTruth.ofClass(1, 0), queue)).isEqualTo(LabelMatch.UNMATCHED);
    assertThat(window.studentAccuracy()).hasValue(0);
  }

  @Test
  void shouldGoOnFromWhatItSaved() throws IOException {
    // given
    take(view(1, 0, null));
    join.accept(ImageTruth.ofClass(1, 1), queue);
    join.accept(ImageTruth.ofClass(2, 3), queue);
    byte[] saved = saved(join);
    Counts later = new Counts();
    LabelJoin restored = new LabelJoin(new LabelLimits(100, 10_000), training, later);

    // when
    restored.restore(new DataInputStream(new ByteArrayInputStream(saved)));

    // then: a view that waited is read again, and is not early for that
    assertThat(later.waiting).isEqualTo(1);
    assertThat(later.compared).isEqualTo(1);
    assertThat(later.teacherRight).isEqualTo(1);
    assertThat(restored.join(view(1, 0, null)).target()).hasValue(LabelTarget.of(1));
    assertThat(later.matches).isEmpty();
    assertThat(saved(restored)).isEqualTo(saved);
    assertThat(restored.join(view(2, 0, null)).target()).hasValue(LabelTarget.of(3));
    assertThat(later.matches).containsOnly(Map.entry(LabelMatch.EARLY, 1));
  }

  static OnlineTraining training(TeacherAwareReplay replay, PrequentialWindow window) {
    return new OnlineTraining(
        new IdleStudent(),
        new BatchBuilder(MODEL, 0.9),
        replay,
        window,
        BATCH,
        1,
        (TrainerMetrics)
            Proxy.newProxyInstance(
                TrainerMetrics.class.getClassLoader(),
                new Class<?>[] {TrainerMetrics.class},
                (proxy, method, arguments) -> null),
        () -> 0);
  }

  static byte[] saved(LabelJoin join) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    join.snapshot().writeTo(new DataOutputStream(bytes));
    return bytes.toByteArray();
  }

  private void take(TrainingExample view) {
    queue.add(consumed(join.join(view), offset++), 0);
  }

  static ConsumedView consumed(TrainingExample view, long offset) {
    return new ConsumedView(
        new TopicPartition("labeled-views", 0),
        offset,
        view,
        Instant.EPOCH,
        List.of(),
        "policy",
        ViewAugmentation.UNKNOWN,
        Optional.empty(),
        Optional.empty(),
        null);
  }

  private void train() {
    List<TrainingExample> views = queue.next(BATCH).stream().map(ConsumedView::view).toList();
    OnlineTraining.TrainedBatch unused = training.train(views);
    queue.done(views.size(), 0);
  }

  private List<TrainingExample> buffered() {
    return Stream.of(replay.snapshot().buffer().views()).map(held -> held.view()).toList();
  }

  /** The teacher favours the class of the image's number. */
  private static TrainingExample view(long image, int index, LabelTarget target) {
    float[] logits = new float[CLASSES];
    logits[(int) image % CLASSES] = 3;
    return example(logits, target, new ViewIdentity(image, 0, index, 2));
  }

  private static TrainingExample passedOver(long image, int index) {
    return example(null, null, new ViewIdentity(image, 0, index, 2));
  }

  private static TrainingExample mixed(long image, long partner, LabelTarget target, float share) {
    return example(new float[CLASSES], target, new ViewIdentity(image, partner, 1, 2, share));
  }

  private static TrainingExample example(
      float[] logits, LabelTarget target, ViewIdentity identity) {
    return new TrainingExample(
        PixelEncoding.RAW, new byte[64], logits, target, identity.index() == 0, 1, identity);
  }

  /** What it has counted. */
  static final class Counts implements LabelMetrics {
    final Map<LabelMatch, Integer> matches = new EnumMap<>(LabelMatch.class);
    int waiting;
    int compared;
    int teacherRight;

    @Override
    public void matched(LabelMatch match) {
      assertThat(match).isNotEqualTo(LabelMatch.WAITING);
      matches.merge(match, 1, Integer::sum);
    }

    @Override
    public void joined(int labelsWaiting, int imagesCompared, int right) {
      waiting = labelsWaiting;
      compared = imagesCompared;
      teacherRight = right;
    }
  }

  /** Always says class 0. */
  static final class IdleStudent extends StubStudent {
    @Override
    public StepReport update(TrainingBatch batch, long step) {
      return new StepReport(1, 1, 0, 1, 0.004, false, new float[0]);
    }

    @Override
    public float[] predict(TrainingBatch batch) {
      float[] logits = new float[batch.size() * CLASSES];
      for (int i = 0; i < logits.length; i += CLASSES) {
        logits[i] = 1;
      }
      return logits;
    }
  }
}
