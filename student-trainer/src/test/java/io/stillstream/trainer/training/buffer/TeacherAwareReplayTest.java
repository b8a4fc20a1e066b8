package io.stillstream.trainer.training.buffer;

import static io.stillstream.trainer.training.buffer.NumberedExamples.view;
import static org.assertj.core.api.Assertions.assertThat;

import io.stillstream.schemas.PixelEncoding;
import io.stillstream.trainer.training.example.LabelTarget;
import io.stillstream.trainer.training.example.TrainingExample;
import io.stillstream.trainer.training.example.ViewIdentity;
import java.io.ByteArrayInputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class TeacherAwareReplayTest {
  private final TeacherAwareReplay replay = replay();

  @Test
  void shouldNoticeAnotherTeacherWhenAWholeBatchComesFromIt() {
    assertThat(replay.detectTeacherChange(List.of(view(1, 4, 7, 0), view(2, 4, 7, 0)))).isFalse();
    assertThat(replay.teacher()).isEqualTo(7);
    replay.offer(List.of(view(1, 4, 7, 0)));
    assertThat(replay.detectTeacherChange(List.of(view(3, 4, 7, 0), view(4, 4, 8, 0)))).isFalse();
    assertThat(replay.teacher()).isEqualTo(7);
    assertThat(replay.size()).isEqualTo(1);

    // when
    TrainingExample unlabelled =
        new TrainingExample(PixelEncoding.RAW, new byte[4], null, LabelTarget.of(1), false);
    boolean changed = replay.detectTeacherChange(List.of(view(5, 4, 8, 0), unlabelled));

    // then
    assertThat(changed).isTrue();
    assertThat(replay.teacher()).isEqualTo(8);
    assertThat(replay.size()).isZero();
  }

  @Test
  void shouldKnowItsTeacherAfterAStart() throws IOException {
    // given
    replay.detectTeacherChange(List.of(view(1, 4, 7, 0)));
    replay.offer(List.of(view(1, 4, 7, 0)));
    byte[] bytes = BufferBytes.of(replay.snapshot());
    TeacherAwareReplay restored = replay();

    // when
    restored.restore(new DataInputStream(new ByteArrayInputStream(bytes)));

    // then
    assertThat(restored.size()).isEqualTo(1);
    assertThat(restored.bytes()).isEqualTo(replay.bytes());
    assertThat(restored.detectTeacherChange(List.of(view(2, 4, 7, 0)))).isFalse();
    assertThat(restored.detectTeacherChange(List.of(view(2, 4, 8, 0)))).isTrue();
  }

  @Test
  void shouldStoreOneViewOfEachImageDrawnUniformlyAmongItsViews() {
    // given
    TeacherAwareReplay one = replay(20_000, new ReplaySampling(Optional.of(1), false, 3));
    int[] kept = new int[4];

    // when
    for (int image = 1; image <= 4_000; image++) {
      int before = one.size();
      for (int index = 0; index < 4; index++) {
        one.offer(List.of(viewOf(image, index, 4)));
        kept[index] += one.size() - before;
        before = one.size();
      }
    }

    // then: 1,000 each, five standard deviations are 137
    assertThat(one.size()).isEqualTo(4_000);
    for (int count : kept) {
      assertThat(count).isBetween(863, 1_137);
    }
  }

  @Test
  void shouldStoreSomeViewsOfAnImageWhicheverOrderTheyComeIn() {
    // given
    ReplaySampling two = new ReplaySampling(Optional.of(2), false, 3);
    TeacherAwareReplay forwards = replay(100, two);
    TeacherAwareReplay backwards = replay(100, two);

    // when
    for (int index = 0; index < 5; index++) {
      forwards.offer(List.of(viewOf(9, index, 5)));
      backwards.offer(List.of(viewOf(9, 4 - index, 5)));
    }

    // then
    assertThat(drawn(forwards)).hasSize(2).isEqualTo(drawn(backwards));
  }

  @Test
  void shouldChooseAmongAsManyViewsAsARecordClaims() {
    // given
    ReplaySampling one = new ReplaySampling(Optional.of(1), false, 3);
    TeacherAwareReplay buffer = replay(100, one);

    // when: a choice that took a draw for each view would take minutes
    for (int image = 1; image <= 50; image++) {
      buffer.offer(List.of(viewOf(image, Integer.MAX_VALUE - 1, Integer.MAX_VALUE)));
      buffer.offer(List.of(viewOf(image, -1, 4)));
    }

    // then
    assertThat(buffer.size()).isZero();
  }

  @Test
  void shouldStoreWhatItCannotChooseFrom() {
    // given
    TeacherAwareReplay one = replay(100, new ReplaySampling(Optional.of(1), false, 3));

    // when
    one.offer(List.of(view(1, 4, 7, 0), view(2, 4, 7, 0)));

    // then
    assertThat(one.size()).isEqualTo(2);
  }

  @Test
  void shouldMirrorHalfOfTheDrawnViewsByStepAndRow() {
    // given
    TeacherAwareReplay flipping = replay(10, new ReplaySampling(Optional.empty(), true, 3));
    flipping.offer(List.of(view(1, 4, 7, 0)));
    List<TrainingExample> views = new ArrayList<>(List.of(view(2, 4, 7, 0)));

    // when
    flipping.drawInto(views, 1_000, 11);
    List<Boolean> again = mirrored(flipping, 11);

    // then: five standard deviations are 79
    List<Boolean> mirrored = views.stream().map(TrainingExample::isMirrored).toList();
    assertThat(mirrored.get(0)).isFalse();
    assertThat(mirrored.stream().filter(is -> is).count()).isBetween(421L, 579L);
    assertThat(again).isEqualTo(mirrored.subList(1, 1_001));
    List<Boolean> next = mirrored(flipping, 12);
    assertThat(next).isNotEqualTo(again);
    assertThat(next.subList(0, 999)).isNotEqualTo(again.subList(1, 1_000));
  }

  @ParameterizedTest
  @EnumSource(BufferKind.class)
  void shouldLookAtTheDrawsThatComeNextWithoutDrawing(BufferKind kind) {
    // given
    TeacherAwareReplay flipping =
        new TeacherAwareReplay(
            ReplayBuffer.create(kind, BufferLimits.views(10), 1),
            TeacherChangePolicy.DROP,
            new ReplaySampling(Optional.empty(), true, 3));
    for (int image = 1; image <= 25; image++) {
      flipping.offer(List.of(viewOf(image, 0, 1)));
    }
    long random = flipping.snapshot().buffer().random();

    // when
    ReplayDraws lookahead = flipping.lookahead();
    List<String> expected = List.of(drawn(lookahead, 11), drawn(lookahead, 12));

    // then
    assertThat(lookahead.size()).isEqualTo(10);
    assertThat(flipping.snapshot().buffer().random()).isEqualTo(random);
    assertThat(List.of(drawn(flipping, 11), drawn(flipping, 12))).isEqualTo(expected);
    assertThat(flipping.snapshot().buffer().random()).isNotEqualTo(random);
  }

  private static String drawn(ReplayDraws draws, long step) {
    List<TrainingExample> views = new ArrayList<>();
    draws.drawInto(views, 20, step);
    return views.stream()
        .map(view -> view.image() + (view.isMirrored() ? " mirrored" : ""))
        .collect(Collectors.joining(", "));
  }

  @Test
  void shouldMirrorNothingUnlessAsked() {
    // given
    replay.offer(List.of(view(1, 4, 7, 0)));

    // then
    assertThat(mirrored(replay, 11)).containsOnly(false);
  }

  private static List<Boolean> mirrored(TeacherAwareReplay replay, long step) {
    List<TrainingExample> views = new ArrayList<>();
    replay.drawInto(views, 1_000, step);
    return views.stream().map(TrainingExample::isMirrored).toList();
  }

  private static Set<Integer> drawn(TeacherAwareReplay replay) {
    List<TrainingExample> views = new ArrayList<>();
    replay.drawInto(views, 1_000, 1);
    return views.stream().map(view -> view.identity().index()).collect(Collectors.toSet());
  }

  private static TrainingExample viewOf(int image, int index, int views) {
    return new TrainingExample(
        PixelEncoding.RAW,
        new byte[4],
        null,
        LabelTarget.of(0),
        index == 0,
        7,
        new ViewIdentity(image, 0, index, views));
  }

  private static TeacherAwareReplay replay(int views, ReplaySampling sampling) {
    return new TeacherAwareReplay(
        ReplayBuffer.create(BufferKind.RESERVOIR, BufferLimits.views(views), 1),
        TeacherChangePolicy.DROP,
        sampling);
  }

  private static TeacherAwareReplay replay() {
    return replay(10, ReplaySampling.ALL);
  }
}
