package io.stillstream.trainer.training.buffer;

import static io.stillstream.trainer.training.buffer.NumberedExamples.contents;
import static io.stillstream.trainer.training.buffer.NumberedExamples.number;
import static io.stillstream.trainer.training.buffer.NumberedExamples.read;
import static io.stillstream.trainer.training.buffer.NumberedExamples.saved;
import static org.assertj.core.api.Assertions.assertThat;

import io.stillstream.schemas.PixelEncoding;
import io.stillstream.trainer.training.example.LabelTarget;
import io.stillstream.trainer.training.example.TrainingExample;
import io.stillstream.trainer.training.example.ViewIdentity;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Views of images, some mixed, whose truth changes while they are in a buffer. */
class BufferUpdateTest {
  private static final int IMAGES = 40;

  private final Random random = new Random(5);

  /** The label of each view, by its number. */
  private final Map<Integer, Integer> labels = new HashMap<>();

  @ParameterizedTest
  @EnumSource
  void shouldReplaceExactlyTheViewsOfAnImage(BufferKind kind) {
    // given
    ReplayBuffer buffer = ReplayBuffer.create(kind, BufferLimits.views(60), 7);
    for (int i = 0; i < 3000; i++) {
      TrainingExample offered = view(i);
      buffer.offer(offered);
      labels.put(i, offered.category());
      if (random.nextInt(50) == 0) {
        int gone = random.nextInt(IMAGES);
        int unused = buffer.removeIf(view -> view.image() == gone);
      }
      if (random.nextInt(3) > 0) {
        continue;
      }
      long image = 1L + random.nextInt(IMAGES);
      int label = random.nextInt(6);
      List<Integer> before = contents(buffer);
      List<Integer> expected =
          views(buffer)
              .filter(view -> view.image() == image || view.partner() == image)
              .map(NumberedExamples::number)
              .toList();

      // when: views with an even number do not change
      List<Integer> asked = new ArrayList<>();
      int changed =
          buffer.update(
              image,
              view -> {
                asked.add(number(view));
                return number(view) % 2 == 0 ? view : view.withTarget(LabelTarget.of(label));
              });
      expected.stream().filter(number -> number % 2 == 1).forEach(n -> labels.put(n, label));

      // then
      assertThat(asked).containsExactlyInAnyOrderElementsOf(expected);
      assertThat(changed).isEqualTo(expected.stream().filter(n -> n % 2 == 1).count());
      assertThat(contents(buffer)).isEqualTo(before);
      assertThat(views(buffer))
          .allSatisfy(view -> assertThat(view.category()).isEqualTo(labels.get(number(view))));
      assertThat(buffer.bytes()).isEqualTo(bytes(buffer));
    }
  }

  /** What is kept and drawn later does not depend on the truth, except where classes do. */
  @ParameterizedTest
  @EnumSource(names = {"RESERVOIR", "FIFO"})
  void shouldKeepAndDrawTheSameAsWithoutChange(BufferKind kind) {
    // given
    ReplayBuffer changed = ReplayBuffer.create(kind, BufferLimits.views(50), 7);
    ReplayBuffer untouched = ReplayBuffer.create(kind, BufferLimits.views(50), 7);

    // when
    for (int i = 0; i < 2000; i++) {
      TrainingExample view = view(i);
      changed.offer(view);
      untouched.offer(view);
      int label = i % 6;
      int unused =
          changed.update(1 + random.nextInt(IMAGES), v -> v.withTarget(LabelTarget.of(label)));
      List<TrainingExample> one = new ArrayList<>();
      List<TrainingExample> other = new ArrayList<>();
      changed.drawInto(one, 2);
      untouched.drawInto(other, 2);

      // then
      assertThat(one.stream().map(NumberedExamples::number))
          .containsExactlyElementsOf(other.stream().map(NumberedExamples::number).toList());
    }
    assertThat(contents(changed)).isEqualTo(contents(untouched));
    assertThat(changed.bytes()).isEqualTo(untouched.bytes());
  }

  @ParameterizedTest
  @EnumSource
  void shouldGoOnFromWhatItSavedWithChanges(BufferKind kind) {
    // given
    BufferLimits limits = new BufferLimits(60, 40_000);
    ReplayBuffer straight = ReplayBuffer.create(kind, limits, 7);
    ReplayBuffer broken = ReplayBuffer.create(kind, limits, 7);

    // when: masks need room, a former teacher ages out
    for (int i = 0; i < 3000; i++) {
      TrainingExample view = view(i, 1L + i / 1000);
      long image = 1L + random.nextInt(IMAGES);
      int label = random.nextInt(6);
      byte[] mask = new byte[random.nextInt(2000)];
      for (ReplayBuffer buffer : List.of(straight, broken)) {
        if (i % 1000 == 0 && i > 0) {
          buffer.teacherChanged(1L + i / 1000, TeacherChangePolicy.AGE_OUT);
        }
        buffer.offer(view);
        int unused =
            buffer.update(
                image, v -> label == 5 ? v.withMask(mask) : v.withTarget(LabelTarget.of(label)));
      }
      assertThat(straight.bytes()).isLessThanOrEqualTo(40_000).isEqualTo(bytes(straight));
      if (random.nextInt(20) == 0) {
        byte[] saved = saved(broken);
        broken = ReplayBuffer.create(kind, limits, 99);
        broken.restore(read(saved));
      }
    }

    // then
    assertThat(saved(broken)).isEqualTo(saved(straight));
    assertThat(straight.size()).isPositive();
  }

  @Test
  void shouldMoveAViewToItsNewClass() {
    // given: ten places, all of class 0
    ClassBalancedBuffer buffer = new ClassBalancedBuffer(BufferLimits.views(10), 1);
    IntStream.range(0, 10).forEach(i -> buffer.offer(labelled(i, 1 + i, 0)));

    // when: half of them turn out to be of class 3, then five times as many of class 0 come
    for (int i = 0; i < 5; i++) {
      int unused = buffer.update(1 + i, view -> view.withTarget(LabelTarget.of(3)));
    }
    IntStream.range(100, 150).forEach(i -> buffer.offer(labelled(i, 1 + i, 0)));

    // then: they keep their places, as class 0 is not smaller
    assertThat(contents(buffer).stream().filter(number -> number < 5)).hasSize(5);
    assertThat(views(buffer).filter(view -> view.category() == 3)).hasSize(5);
    assertThat(views(buffer).filter(view -> view.category() == 0)).hasSize(5);
  }

  @ParameterizedTest
  @EnumSource
  void shouldMakeRoomWhenMasksTakeMore(BufferKind kind) {
    // given
    ReplayBuffer buffer =
        ReplayBuffer.create(kind, new BufferLimits(100, 20 * NumberedExamples.BYTES), 1);
    IntStream.range(0, 20).forEach(i -> buffer.offer(labelled(i, 1 + i, i % 2)));
    assertThat(buffer.size()).isEqualTo(20);

    // when
    int unused =
        buffer.update(20, view -> view.withMask(new byte[(int) NumberedExamples.BYTES - 16]));

    // then: as many as the mask takes
    assertThat(buffer.size()).isEqualTo(19);
    assertThat(buffer.bytes()).isLessThanOrEqualTo(20 * NumberedExamples.BYTES);
    unused = buffer.update(20, view -> view.withMask(new byte[100_000]));
    assertThat(views(buffer).filter(view -> view.image() == 20)).isEmpty();
  }

  private TrainingExample view(int number) {
    return view(number, 1);
  }

  private TrainingExample view(int number, long teacher) {
    long image = 1L + random.nextInt(IMAGES);
    long partner = random.nextInt(3) == 0 ? 1L + random.nextInt(IMAGES) : 0;
    return example(number, ViewIdentity.of(image, partner), random.nextInt(6), teacher);
  }

  private static TrainingExample labelled(int number, long image, int label) {
    return example(number, ViewIdentity.of(image, 0), label, 1);
  }

  private static TrainingExample example(
      int number, ViewIdentity identity, int label, long teacher) {
    return new TrainingExample(
        PixelEncoding.RAW,
        ByteBuffer.allocate(4).putInt(0, number).array(),
        new float[] {number},
        LabelTarget.of(label),
        false,
        teacher,
        identity);
  }

  private static Stream<TrainingExample> views(ReplayBuffer buffer) {
    return Stream.of(buffer.state().views()).map(BufferedView::view);
  }

  private static long bytes(ReplayBuffer buffer) {
    return Stream.of(buffer.state().views()).mapToLong(BufferedView::bytes).sum();
  }
}
