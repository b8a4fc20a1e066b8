package io.stillstream.trainer.training.buffer;

import static io.stillstream.trainer.training.buffer.NumberedExamples.contents;
import static io.stillstream.trainer.training.buffer.NumberedExamples.read;
import static io.stillstream.trainer.training.buffer.NumberedExamples.saved;
import static io.stillstream.trainer.training.buffer.NumberedExamples.view;
import static org.assertj.core.api.Assertions.assertThat;

import io.stillstream.schemas.PixelEncoding;
import io.stillstream.trainer.training.example.LabelTarget;
import io.stillstream.trainer.training.example.TrainingExample;
import io.stillstream.trainer.training.example.ViewIdentity;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What holds for buffers of every kind. */
class ReplayBufferTest {
  private static final long OLD = 1;
  private static final long NEW = 2;

  @ParameterizedTest
  @EnumSource
  void shouldHoldNoMoreViewsThanItMay(BufferKind kind) {
    // given
    ReplayBuffer buffer = ReplayBuffer.create(kind, BufferLimits.views(37), 1);

    // when
    for (int i = 0; i < 1000; i++) {
      buffer.offer(view(i, 4, OLD, i % 3));

      // then
      assertThat(buffer.size()).isEqualTo(Math.min(i + 1, 37));
    }
    assertThat(contents(buffer)).doesNotHaveDuplicates();
  }

  @ParameterizedTest
  @EnumSource
  void shouldHoldNoMoreBytesThanItMay(BufferKind kind) {
    // given
    long limit = 50_000;
    ReplayBuffer buffer = ReplayBuffer.create(kind, new BufferLimits(1000, limit), 1);
    Random sizes = new Random(5);

    // when
    for (int i = 0; i < 3000; i++) {
      buffer.offer(view(i, 4 + sizes.nextInt(2000), OLD, i % 7));

      // then
      assertThat(buffer.bytes()).isBetween(1L, limit).isEqualTo(bytes(buffer));
    }
    assertThat(buffer.bytes()).isGreaterThan(limit / 2);
    assertThat(contents(buffer)).doesNotHaveDuplicates();
  }

  @ParameterizedTest
  @EnumSource
  void shouldForgetWhatItIsToldToAndTakeOthersInstead(BufferKind kind) {
    // given
    ReplayBuffer buffer = ReplayBuffer.create(kind, BufferLimits.views(60), 1);
    for (int i = 0; i < 300; i++) {
      buffer.offer(view(i, 4, OLD, i % 3));
    }
    long gone = contents(buffer).stream().filter(number -> number % 3 == 1).count();

    // when
    int forgotten = buffer.removeIf(view -> NumberedExamples.number(view) % 3 == 1);

    // then
    assertThat(forgotten).isEqualTo((int) gone).isPositive();
    assertThat(buffer.size()).isEqualTo(60 - forgotten);
    assertThat(buffer.bytes()).isEqualTo(bytes(buffer));
    assertThat(contents(buffer)).noneMatch(number -> number % 3 == 1);
    for (int i = 300; i < 300 + 3 * forgotten; i++) {
      buffer.offer(view(i, 4, NEW, i % 3));
    }
    assertThat(buffer.size()).isEqualTo(60);
    ReplayBuffer other = ReplayBuffer.create(kind, BufferLimits.views(60), 1);
    other.restore(read(saved(buffer)));
    assertThat(contents(other)).isEqualTo(contents(buffer));
  }

  @ParameterizedTest
  @EnumSource
  void shouldNotGiveUpOthersForAViewThatIsTooLarge(BufferKind kind) {
    // given
    ReplayBuffer buffer = ReplayBuffer.create(kind, new BufferLimits(10, 1000), 1);
    buffer.offer(view(1));
    byte[] before = saved(buffer);

    // when
    buffer.offer(view(2, 1000, OLD, 0));

    // then
    assertThat(saved(buffer)).isEqualTo(before);
  }

  @ParameterizedTest
  @EnumSource
  void shouldDrawUniformly(BufferKind kind) {
    // given
    ReplayBuffer buffer = ReplayBuffer.create(kind, BufferLimits.views(10), 1);
    for (int i = 0; i < 35; i++) {
      buffer.offer(view(i, 4, OLD, i % 2));
    }
    List<Integer> held = contents(buffer);

    // when
    List<TrainingExample> drawn = new ArrayList<>();
    buffer.drawInto(drawn, 10_000);

    // then
    int[] counts = new int[35];
    drawn.forEach(view -> counts[NumberedExamples.number(view)]++);
    for (int i = 0; i < 35; i++) {
      assertThat(counts[i]).isBetween(held.contains(i) ? 850 : 0, held.contains(i) ? 1150 : 0);
    }
  }

  @ParameterizedTest
  @EnumSource
  void shouldGoOnFromWhatItSavedWhateverHappens(BufferKind kind) {
    // given
    BufferLimits limits = new BufferLimits(60, 40_000);
    ReplayBuffer straight = ReplayBuffer.create(kind, limits, 7);
    ReplayBuffer broken = ReplayBuffer.create(kind, limits, 7);
    Random random = new Random(3);

    // when
    for (int i = 0; i < 4000; i++) {
      long teacher = 1L + i / 1000;
      long straggling = random.nextInt(10) == 0 ? Math.max(1, teacher - 1) : teacher;
      TrainingExample view =
          view(i, 4 + random.nextInt(1200), straggling, random.nextInt(1 + i % 9));
      List<TrainingExample> one = new ArrayList<>();
      List<TrainingExample> other = new ArrayList<>();
      for (ReplayBuffer buffer : List.of(straight, broken)) {
        if (i % 1000 == 0 && i > 0) {
          buffer.teacherChanged(
              teacher, i == 2000 ? TeacherChangePolicy.DROP : TeacherChangePolicy.AGE_OUT);
        }
        buffer.offer(view);
        if (buffer.size() > 0) {
          buffer.drawInto(buffer == straight ? one : other, 2);
        }
      }
      assertThat(other).usingElementComparator((a, b) -> number(a) - number(b)).isEqualTo(one);
      if (random.nextInt(20) == 0) {
        byte[] saved = saved(broken);
        broken = ReplayBuffer.create(kind, limits, 99);
        broken.restore(read(saved));
      }
    }

    // then
    assertThat(saved(broken)).isEqualTo(saved(straight));
  }

  @ParameterizedTest
  @EnumSource
  void shouldNotChangeWhatItHasGivenOut(BufferKind kind) {
    // given
    ReplayBuffer buffer = ReplayBuffer.create(kind, BufferLimits.views(5), 7);
    for (int i = 0; i < 20; i++) {
      buffer.offer(view(i));
    }
    BufferState state = buffer.state();
    byte[] before = saved(buffer);

    // when
    for (int i = 20; i < 100; i++) {
      buffer.offer(view(i));
    }

    // then
    ReplayBuffer restored = ReplayBuffer.create(kind, BufferLimits.views(5), 7);
    restored.restore(state);
    assertThat(saved(restored)).isEqualTo(before).isNotEqualTo(saved(buffer));
  }

  @ParameterizedTest
  @EnumSource
  void shouldForgetTheFormerTeacherAtOnceWhenTold(BufferKind kind) {
    // given
    ReplayBuffer buffer = ReplayBuffer.create(kind, BufferLimits.views(50), 1);
    for (int i = 0; i < 40; i++) {
      buffer.offer(view(i, 4, i % 4 == 0 ? NEW : OLD, i % 3));
    }
    TrainingExample unlabelled =
        new TrainingExample(PixelEncoding.RAW, new byte[4], null, LabelTarget.of(1), false);
    buffer.offer(unlabelled);

    // when
    buffer.teacherChanged(NEW, TeacherChangePolicy.DROP);

    // then: labels do not go out of date
    assertThat(buffer.size()).isEqualTo(11);
    assertThat(buffer.bytes()).isEqualTo(10 * NumberedExamples.BYTES + 160 + 4);
    for (BufferedView view : buffer.state().views()) {
      assertThat(view.view().isFromAnother(NEW)).isFalse();
    }
    for (int i = 100; i < 200; i++) {
      buffer.offer(view(i, 4, NEW, i % 3));
    }
    assertThat(buffer.size()).isEqualTo(50);
  }

  @ParameterizedTest
  @EnumSource
  void shouldReplaceTheFormerTeacherFirstWhenItAgesOut(BufferKind kind) {
    // given
    ReplayBuffer buffer = ReplayBuffer.create(kind, BufferLimits.views(50), 1);
    for (int i = 0; i < 500; i++) {
      buffer.offer(view(i, 4, OLD, i % 3));
    }

    // when
    buffer.teacherChanged(NEW, TeacherChangePolicy.AGE_OUT);
    for (int i = 1; i <= 50; i++) {
      buffer.offer(view(1000 + i, 4, NEW, i % 3));

      // then
      assertThat(contents(buffer).stream().filter(number -> number > 1000)).hasSize(i);
      assertThat(buffer.size()).isEqualTo(50);
    }
  }

  @ParameterizedTest
  @EnumSource
  void shouldTreatAllAlikeWhenTheFormerTeacherIsKept(BufferKind kind) {
    // given
    ReplayBuffer told = ReplayBuffer.create(kind, BufferLimits.views(50), 1);
    ReplayBuffer untold = ReplayBuffer.create(kind, BufferLimits.views(50), 1);

    // when
    for (int i = 0; i < 500; i++) {
      if (i == 250) {
        told.teacherChanged(NEW, TeacherChangePolicy.KEEP);
      }
      told.offer(view(i, 4, i < 250 ? OLD : NEW, i % 3));
      untold.offer(view(i, 4, i < 250 ? OLD : NEW, i % 3));
    }

    // then
    assertThat(saved(told)).isEqualTo(saved(untold));
  }

  @ParameterizedTest
  @EnumSource
  void shouldTakeTheViewsOfAnotherKindOver(BufferKind kind) {
    for (BufferKind former : BufferKind.values()) {
      // given
      ReplayBuffer before = ReplayBuffer.create(former, BufferLimits.views(30), 1);
      for (int i = 0; i < 100; i++) {
        before.offer(view(i, 4, OLD, i % 3));
      }
      ReplayBuffer buffer = ReplayBuffer.create(kind, BufferLimits.views(40), 1);

      // when
      buffer.restore(before.state());

      // then
      assertThat(contents(buffer)).containsExactlyInAnyOrderElementsOf(contents(before));
    }
  }

  @ParameterizedTest
  @EnumSource
  void shouldGoOnFromWhatItSavedAfterItForgotWhileViewsAgeOut(BufferKind kind) {
    // given
    ReplayBuffer straight = ReplayBuffer.create(kind, BufferLimits.views(60), 1);
    for (int i = 0; i < 300; i++) {
      straight.offer(view(i, 4, OLD, i % 3));
    }
    straight.teacherChanged(NEW, TeacherChangePolicy.AGE_OUT);
    for (int i = 300; i < 320; i++) {
      straight.offer(view(i, 4, NEW, i % 3));
    }
    assertThat(straight.removeIf(view -> view.category() == 1)).isPositive();

    // when
    ReplayBuffer broken = ReplayBuffer.create(kind, BufferLimits.views(60), 5);
    broken.restore(read(saved(straight)));

    // then
    for (int i = 320; i < 500; i++) {
      straight.offer(view(i, 4, NEW, i % 3));
      broken.offer(view(i, 4, NEW, i % 3));
      assertThat(saved(broken)).isEqualTo(saved(straight));
    }
  }

  @ParameterizedTest
  @EnumSource
  void shouldNoLongerAgeOutWhenTheNextFormerTeacherIsKeptOrDropped(BufferKind kind) {
    for (TeacherChangePolicy rule : List.of(TeacherChangePolicy.KEEP, TeacherChangePolicy.DROP)) {
      // given
      ReplayBuffer buffer = ReplayBuffer.create(kind, BufferLimits.views(60), 1);
      for (int i = 0; i < 60; i++) {
        buffer.offer(view(i, 4, OLD, 0));
      }
      buffer.teacherChanged(NEW, TeacherChangePolicy.AGE_OUT);

      // when
      buffer.teacherChanged(3, rule);
      for (int i = 100; i < 160; i++) {
        buffer.offer(view(i, 4, 3, 0));
        buffer.offer(view(1000 + i, 4, 3, 0));
      }

      // then
      assertThat(contents(buffer)).hasSize(60).doesNotHaveDuplicates();
      assertThat(contents(buffer).stream().filter(number -> number >= 100)).hasSizeGreaterThan(10);
    }
  }

  @Test
  void shouldSaveEveryKindOfView() {
    // given
    ReplayBuffer original = ReplayBuffer.create(BufferKind.FIFO, BufferLimits.views(8), 7);
    original.offer(
        new TrainingExample(PixelEncoding.PNG, new byte[] {1, 2}, new float[] {-1, 2}, null, true));
    original.offer(
        new TrainingExample(
            PixelEncoding.JPEG,
            new byte[] {3},
            null,
            new LabelTarget(1, 2, 0.25f),
            false,
            -5,
            ViewIdentity.UNKNOWN));
    original.offer(
        new TrainingExample(
            PixelEncoding.PNG,
            new byte[] {1, 2},
            new float[] {-1, 2},
            null,
            true,
            0,
            ViewIdentity.of(11, 0)));
    original.offer(
        new TrainingExample(
            PixelEncoding.JPEG, new byte[] {3}, null, null, false, -5, ViewIdentity.of(-12, 13)));

    // when
    BufferState restored = read(saved(original));

    // then
    TrainingExample first = restored.views()[0].view();
    assertThat(first.encoding()).isEqualTo(PixelEncoding.PNG);
    assertThat(first.pixels()).containsExactly(1, 2);
    assertThat(first.logits()).containsExactly(-1, 2);
    assertThat(first.target()).isEmpty();
    assertThat(first.isOriginal()).isTrue();
    assertThat(first.teacher()).isZero();
    TrainingExample second = restored.views()[1].view();
    assertThat(second.encoding()).isEqualTo(PixelEncoding.JPEG);
    assertThat(second.logits()).isNull();
    assertThat(second.target()).contains(new LabelTarget(1, 2, 0.25f));
    assertThat(second.isOriginal()).isFalse();
    assertThat(second.teacher()).isEqualTo(-5);
    assertThat(first.image()).isZero();
    assertThat(first.partner()).isZero();
    assertThat(restored.views()[2].view().image()).isEqualTo(11);
    assertThat(restored.views()[2].view().partner()).isZero();
    assertThat(restored.views()[3].view().teacher()).isEqualTo(-5);
    assertThat(restored.views()[3].view().image()).isEqualTo(-12);
    assertThat(restored.views()[3].view().partner()).isEqualTo(13);
  }

  private static int number(TrainingExample view) {
    return NumberedExamples.number(view);
  }

  private static long bytes(ReplayBuffer buffer) {
    long bytes = 0;
    for (BufferedView view : buffer.state().views()) {
      bytes += view.bytes();
    }
    return bytes;
  }
}
