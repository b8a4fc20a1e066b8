package io.stillstream.trainer.label;

import static org.assertj.core.api.Assertions.assertThat;

import io.stillstream.schemas.PixelEncoding;
import io.stillstream.trainer.batch.ConsumedView;
import io.stillstream.trainer.batch.OffsetTrackingQueue;
import io.stillstream.trainer.training.OnlineTraining;
import io.stillstream.trainer.training.accuracy.PrequentialWindow;
import io.stillstream.trainer.training.buffer.BufferKind;
import io.stillstream.trainer.training.buffer.BufferLimits;
import io.stillstream.trainer.training.buffer.ReplayBuffer;
import io.stillstream.trainer.training.buffer.ReplaySampling;
import io.stillstream.trainer.training.buffer.TeacherAwareReplay;
import io.stillstream.trainer.training.buffer.TeacherChangePolicy;
import io.stillstream.trainer.training.example.LabelTarget;
import io.stillstream.trainer.training.example.TrainingExample;
import io.stillstream.trainer.training.example.ViewIdentity;
import java.io.ByteArrayInputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Random streams of views and labels: after every record, each view in memory has the label that
 * follows from the rules and from everything that came before.
 */
class LabelJoinPropertyTest {
  private static final int CLASSES = 5;
  private static final int BATCH = 4;

  private final Random random = new Random(11);

  /** Views as they came, by their number. */
  private final List<TrainingExample> came = new ArrayList<>();

  /** In the order of their first views. */
  private final List<Long> seen = new ArrayList<>();

  private final Map<Long, Integer> own = new HashMap<>();
  private final Map<Long, Integer> late = new HashMap<>();
  private final Map<Long, Integer> teacher = new HashMap<>();

  private final PrequentialWindow window = new PrequentialWindow(20);
  private final LabelJoinTest.Counts counts = new LabelJoinTest.Counts();
  private OffsetTrackingQueue queue = new OffsetTrackingQueue();
  private TeacherAwareReplay replay;
  private OnlineTraining training;
  private LabelJoin join;
  private int labels;

  @ParameterizedTest
  @EnumSource
  void shouldKnowWhatFollowsFromAllRecords(BufferKind kind) throws IOException {
    replay =
        new TeacherAwareReplay(
            ReplayBuffer.create(kind, BufferLimits.views(60), 1),
            TeacherChangePolicy.KEEP,
            ReplaySampling.ALL);
    training = LabelJoinTest.training(replay, window);
    join = begin();
    for (int i = 0; i < 3000; i++) {
      // when
      if (random.nextInt(3) > 0) {
        comeView();
      } else {
        comeLabel();
      }
      if (queue.views() == BATCH) {
        train();
      }
      if (random.nextInt(25) == 0) {
        restart();
      }

      // then
      assertThat(views()).allSatisfy(this::requireExpected);
      long compared = late.keySet().stream().filter(teacher::containsKey).count();
      assertThat(counts.compared).isEqualTo((int) compared);
      assertThat(counts.teacherRight)
          .isEqualTo(
              (int)
                  late.entrySet().stream()
                      .filter(label -> label.getValue().equals(teacher.get(label.getKey())))
                      .count());
      int matched = counts.matches.values().stream().mapToInt(Integer::intValue).sum();
      assertThat(matched + counts.waiting).isEqualTo(labels);
    }
    assertThat(counts.matches)
        .containsKeys(LabelMatch.EARLY, LabelMatch.LATE, LabelMatch.TEACHER, LabelMatch.UNMATCHED);
    assertThat(views().filter(view -> view.partner() != 0 && view.target().isPresent()))
        .hasSizeGreaterThan(5);
  }

  private LabelJoin begin() {
    return new LabelJoin(new LabelLimits(100_000, 1000), training, counts);
  }

  /** Images come with about three views, some of them much later, some mixed with others. */
  private void comeView() {
    long newest = 1L + came.size() / 3;
    long image = Math.max(1, newest - (random.nextInt(10) == 0 ? random.nextInt(40) : 0));
    boolean isFirst = !seen.contains(image);
    long partner = !isFirst && random.nextInt(2) == 0 ? Math.max(1, newest - random.nextInt(5)) : 0;
    LabelTarget target = null;
    if (random.nextInt(3) == 0) {
      int label = random.nextInt(CLASSES);
      target =
          partner == 0
              ? LabelTarget.of(label)
              : new LabelTarget(label, random.nextInt(CLASSES), 0.25f);
    }
    float[] logits = null;
    if (target == null || random.nextInt(3) > 0) {
      logits = new float[CLASSES];
      logits[random.nextInt(CLASSES)] = 2;
    }
    TrainingExample view =
        new TrainingExample(
            PixelEncoding.RAW,
            ByteBuffer.allocate(64).putInt(0, came.size()).array(),
            logits,
            target,
            isFirst,
            1,
            new ViewIdentity(image, partner, isFirst ? 0 : 1, 3, partner == 0 ? 1 : 0.25f));
    if (isFirst) {
      seen.add(image);
      view.target().ifPresent(label -> own.put(image, label.primary()));
      if (view.answeredClass() >= 0) {
        teacher.put(image, view.answeredClass());
      }
    }
    came.add(view);
    queue.add(LabelJoinTest.consumed(join.join(view), came.size()), 0);
  }

  /** Early, late or much too late, and sometimes not the first one. */
  private void comeLabel() {
    long newest = 1L + came.size() / 3;
    long image = Math.max(1, newest + 5 - random.nextInt(random.nextInt(4) == 0 ? 1000 : 40));
    int label = random.nextInt(CLASSES);
    labels++;
    late.put(image, label);
    LabelMatch match = join.accept(ImageTruth.ofClass(image, label), queue);
    if (!seen.contains(image)) {
      assertThat(match).isEqualTo(LabelMatch.WAITING);
    } else if (views().anyMatch(view -> view.image() == image)) {
      assertThat(match).isEqualTo(LabelMatch.LATE);
    }
    assertThat(window.relabel(image, label)).isIn(match == LabelMatch.LATE, false);
  }

  private void train() {
    List<TrainingExample> views = queue.next(BATCH).stream().map(ConsumedView::view).toList();
    OnlineTraining.TrainedBatch unused = training.train(views);
    queue.done(BATCH, 0);
  }

  /** The table is read, and views that waited come once more. */
  private void restart() throws IOException {
    byte[] saved = LabelJoinTest.saved(join);
    List<ConsumedView> waited = queue.next(BATCH);
    join = begin();
    join.restore(new DataInputStream(new ByteArrayInputStream(saved)));
    queue = new OffsetTrackingQueue();
    for (ConsumedView view : waited) {
      TrainingExample again = join.join(came.get(number(view.view())));
      assertThat(again.target()).isEqualTo(view.view().target());
      queue.add(LabelJoinTest.consumed(again, view.offset()), 0);
    }
    assertThat(LabelJoinTest.saved(join)).isEqualTo(saved);
  }

  private Stream<TrainingExample> views() {
    return Stream.concat(
        queue.next(BATCH).stream().map(ConsumedView::view),
        Stream.of(replay.snapshot().buffer().views()).map(held -> held.view()));
  }

  private void requireExpected(TrainingExample view) {
    assertThat(view.target())
        .as("view %d of %s", number(view), view.identity())
        .isEqualTo(expected(came.get(number(view))));
  }

  private Optional<LabelTarget> expected(TrainingExample raw) {
    Integer first = late.get(raw.image());
    if (raw.partner() == 0) {
      return first == null ? raw.target() : Optional.of(LabelTarget.of(first));
    }
    Integer second = late.get(raw.partner());
    if (raw.target().isPresent()) {
      LabelTarget told = raw.target().get();
      return Optional.of(
          new LabelTarget(
              first == null ? told.primary() : first,
              second == null ? told.secondary() : second,
              told.weight()));
    }
    boolean isBefore = seen.indexOf(raw.partner()) < seen.indexOf(raw.image());
    first = first == null ? own.get(raw.image()) : first;
    second = second == null && isBefore ? own.get(raw.partner()) : second;
    return first == null || second == null
        ? Optional.empty()
        : Optional.of(new LabelTarget(first, second, 0.25f));
  }

  private static int number(TrainingExample view) {
    return ByteBuffer.wrap(view.pixels()).getInt(0);
  }
}
