package io.stillstream.labeler.teachers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import io.stillstream.labeler.model.FakeTeacherModel;
import io.stillstream.labeler.model.TeacherModel;
import io.stillstream.labeler.teachers.TeacherLease.Contribution;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class TeacherPoolTest {
  private static final ProbabilityAverager ALONE = new ProbabilityAverager(List.of(1.0));
  private static final ProbabilityAverager EVEN = new ProbabilityAverager(List.of(1.0, 1.0));

  private final FakeTeacherModel first = FakeTeacherModel.named("first", 4, 0, 1);
  private final FakeTeacherModel second = FakeTeacherModel.named("second", 4, 1, 0);

  @Test
  void shouldKeepAReplacedTeacherOpenForItsLeases() {
    // given
    TeacherPool pool = alone(first);
    TeacherLease old = pool.acquire();

    // when
    pool.replace(0, List.of(second));

    // then
    assertThat(old.contributions()).containsExactly(new Contribution(first.identity(), 1.0));
    assertThat(old.lane(0)).isSameAs(first);
    assertThat(first.closed).isFalse();
    try (TeacherLease now = pool.acquire()) {
      assertThat(now.contributions()).containsExactly(new Contribution(second.identity(), 1.0));
      assertThat(now.lane(0)).isSameAs(second);
      assertThat(now.lane(0).output()).isEqualTo(pool.output());
    }

    // when
    old.close();
    old.close();

    // then
    assertThat(first.closed).isTrue();
    assertThat(second.closed).isFalse();
  }

  @Test
  void shouldCloseAReplacedTeacherWithoutLeaseAtOnce() {
    // given
    TeacherPool pool = alone(first);

    // when
    pool.replace(0, List.of(second));

    // then
    assertThat(first.closed).isTrue();
    pool.close();
    pool.close();
    assertThat(second.closed).isTrue();
    assertThatExceptionOfType(IllegalStateException.class).isThrownBy(pool::acquire);
  }

  @Test
  void shouldWaitForTheLastBatchWhenItCloses() {
    // given
    TeacherPool pool = alone(first);
    TeacherLease lease = pool.acquire();

    // when
    pool.close();

    // then
    assertThat(first.closed).isFalse();
    lease.close();
    assertThat(first.closed).isTrue();
  }

  @Test
  void shouldReplaceOneMemberAndKeepTheOther() {
    // given
    FakeTeacherModel third = FakeTeacherModel.named("third", 4, 0, (float) Math.log(3));
    TeacherPool pool =
        new TeacherPool(List.of(List.of(first), List.of(second)), EVEN, Runnable::run);

    // when
    pool.replace(0, List.of(third));

    // then
    assertThat(first.closed).isTrue();
    assertThat(second.closed).isFalse();
    try (TeacherLease lease = pool.acquire()) {
      assertThat(lease.contributions())
          .containsExactly(
              new Contribution(third.identity(), 0.5), new Contribution(second.identity(), 0.5));
      double ofSecond = Math.E / (Math.E + 1);
      assertThat(lease.lane(0).answers(List.of(FakeTeacherModel.view(4)))[0][0])
          .isEqualTo((float) Math.log((0.25 + ofSecond) / 2), within(1e-6f));
    }
    pool.close();
    assertThat(second.closed).isTrue();
    assertThat(third.closed).isTrue();
  }

  @Test
  void shouldKeepTheOldOneIfTheNewOneDoesNotFit() {
    // given
    TeacherPool pool = alone(first);
    FakeTeacherModel wide = FakeTeacherModel.named("wide", 4, 0, 1, 2);

    // then
    assertThatIllegalArgumentException()
        .isThrownBy(() -> pool.replace(0, List.of(wide)))
        .withMessage(
            "the new teacher answers classification with 3 classes, the old one classification with 2 classes");
    assertThatIllegalArgumentException()
        .isThrownBy(
            () ->
                new TeacherPool(List.of(List.of(first), List.of(second)), EVEN, Runnable::run)
                    .replace(1, List.of(FakeTeacherModel.named("five", 5, 0, 1))))
        .withMessageContaining("no view fits all teachers");
    assertThat(wide.closed).isFalse();
    try (TeacherLease lease = pool.acquire()) {
      assertThat(lease.lane(0)).isSameAs(first);
    }
  }

  @Test
  void shouldHaveAsManyLanesAsEachMemberHas() {
    // given
    List<FakeTeacherModel> twice = List.of(first, FakeTeacherModel.named("first", 4, 0, 1));
    List<FakeTeacherModel> thrice =
        List.of(
            second,
            FakeTeacherModel.named("second", 4, 1, 0),
            FakeTeacherModel.named("second", 4, 1, 0));

    // when
    TeacherPool pool =
        new TeacherPool(List.of(List.copyOf(twice), List.copyOf(thrice)), EVEN, Runnable::run);

    // then
    try (TeacherLease lease = pool.acquire()) {
      assertThat(lease.lanes()).isEqualTo(2);
      assertThat(lease.lane(0)).isNotSameAs(lease.lane(1));
    }
    assertThatIllegalArgumentException()
        .isThrownBy(() -> pool.replace(0, List.of(FakeTeacherModel.named("new", 4, 0, 1))))
        .withMessage("the new teacher has 1 lanes, the old one 2");
    pool.close();
    assertThat(twice).allMatch(teacher -> teacher.closed.get());
    assertThat(thrice).allMatch(teacher -> teacher.closed.get());
  }

  @Test
  void shouldNeverGiveOutAClosedTeacher() {
    // given
    TeacherPool pool = alone(FakeTeacherModel.named("0", 4, 0, 1));
    List<FakeTeacherModel> all = new ArrayList<>();
    AtomicInteger answered = new AtomicInteger();

    // when
    List<CompletableFuture<Void>> batches =
        IntStream.range(0, 3)
            .mapToObj(
                worker ->
                    CompletableFuture.runAsync(
                        () -> {
                          for (int i = 0; i < 20_000; i++) {
                            try (TeacherLease lease = pool.acquire()) {
                              answered.addAndGet(
                                  lease.lane(0).answers(List.of(FakeTeacherModel.view(4))).length);
                            }
                          }
                        }))
            .toList();
    for (int i = 0; i < 1000; i++) {
      all.add(FakeTeacherModel.named(Integer.toString(i), 4, 0, 1));
      pool.replace(0, List.of(all.get(i)));
    }
    batches.forEach(CompletableFuture::join);

    // then
    assertThat(answered.get()).isEqualTo(60_000);
    assertThat(all.subList(0, 999)).allMatch(teacher -> teacher.closed.get());
    assertThat(all.get(999).closed).isFalse();
  }

  private static TeacherPool alone(TeacherModel teacher) {
    return new TeacherPool(List.of(List.of(teacher)), ALONE, Runnable::run);
  }
}
