package io.stillstream.page.bottleneck;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.function.DoubleUnaryOperator;
import org.junit.jupiter.api.Test;

class StageWindowTest {
  private static final double FLOOR = 20;

  private final StageWindow window = new StageWindow();
  private long millis;
  private double arrived = 1_000;
  private double backlog;

  @Test
  void shouldSayNothingInTheFirstTenSeconds() {
    // when: it is overloaded from the start
    StageLoad load = run(8, 200, 100);

    // then
    assertThat(load.state()).isEqualTo(StageState.MEASURING);
    assertThat(load.inPerSecond()).isNaN();
    assertThat(load.backlog()).isEqualTo(800);
  }

  @Test
  void shouldBeIdleWhileNothingArrivesAndNothingWaits() {
    assertThat(run(40, 0, 0).state()).isEqualTo(StageState.IDLE);
  }

  @Test
  void shouldBeIdleBehindTheMarkersOfTransactions() {
    // given: the last offsets of all partitions are markers, which are never committed
    backlog = FLOOR;

    // then
    assertThat(run(40, 0, 0).state()).isEqualTo(StageState.IDLE);
  }

  @Test
  void shouldKeepUpWithWhatArrives() {
    // when
    StageLoad load = run(40, 50, 50);

    // then
    assertThat(load.state()).isEqualTo(StageState.KEEPS_UP);
    assertThat(load.inPerSecond()).isEqualTo(50);
    assertThat(load.outPerSecond()).isEqualTo(50);
    assertThat(load.trend()).isEqualTo(BacklogTrend.STEADY);
  }

  @Test
  void shouldKeepUpWhereBatchesMakeALongQueueForAMoment() {
    // when: it takes 1,000 offsets at once, every 10 s
    StageLoad load = null;
    for (int i = 0; i < 60; i++) {
      backlog = (backlog + 200) % 1_000;
      load = look(200, backlog, Math.floor(arrived / 1_000));
      assertThat(load.state()).isNotEqualTo(StageState.BEHIND);
    }

    // then
    assertThat(load.state()).isEqualTo(StageState.KEEPS_UP);
  }

  @Test
  void shouldBeBehindWhenItsBacklogGrows() {
    // given
    run(30, 50, 50);

    // when
    StageLoad load = run(40, 200, 50);

    // then
    assertThat(load.state()).isEqualTo(StageState.BEHIND);
    assertThat(load.trend()).isEqualTo(BacklogTrend.GROWING);
    assertThat(load.inPerSecond()).isEqualTo(200);
    assertThat(load.outPerSecond()).isEqualTo(50);
    assertThat(load.backlog()).isEqualTo(6_000);
    assertThat(load.backlogSeconds()).isEqualTo(120);
  }

  @Test
  void shouldBeBehindAlsoWhileItWorksABacklogOff() {
    // given
    backlog = 100_000;

    // when
    StageLoad load = run(40, 50, 500);

    // then
    assertThat(load.state()).isEqualTo(StageState.BEHIND);
    assertThat(load.trend()).isEqualTo(BacklogTrend.SHRINKING);
    assertThat(load.backlogSeconds()).isCloseTo(82_000 / 500.0, within(1e-9));
  }

  @Test
  void shouldKeepUpAgainWhenTheBacklogIsWorkedOff() {
    // given
    backlog = 10_000;
    assertThat(run(20, 0, 200).state()).isEqualTo(StageState.BEHIND);

    // when
    StageLoad load = run(60, 0, 200);

    // then
    assertThat(load.backlog()).isZero();
    assertThat(load.state()).isEqualTo(StageState.IDLE);
  }

  @Test
  void shouldNotCallABacklogOfLessThanTwoSecondsBehind() {
    // given
    backlog = 150;

    // then
    assertThat(run(60, 100, 100).state()).isEqualTo(StageState.KEEPS_UP);
  }

  @Test
  void shouldStayBehindUntilLessThanOneSecondWaits() {
    // given
    backlog = 250;
    assertThat(run(40, 100, 100).state()).isEqualTo(StageState.BEHIND);

    // when: between one and two seconds
    backlog = 150;

    // then
    assertThat(run(60, 100, 100).state()).isEqualTo(StageState.BEHIND);

    // when
    backlog = 90;

    // then
    assertThat(run(60, 100, 100).state()).isEqualTo(StageState.KEEPS_UP);
  }

  @Test
  void shouldNotFlickerWhereTheBacklogWavers() {
    // given
    run(30, 100, 100);

    // when: the backlog wavers around the limit of 2 s
    int changes = 0;
    StageState before = StageState.KEEPS_UP;
    for (int i = 0; i < 200; i++) {
      backlog = 200 + (i % 2 == 0 ? 40 : -40);
      StageState now = look(100, backlog, i).state();
      changes += now == before ? 0 : 1;
      before = now;
    }

    // then
    assertThat(changes).isLessThanOrEqualTo(1);
  }

  @Test
  void shouldBeStoppedWhenNothingIsFinishedInAWholeWindow() {
    // given
    run(30, 50, 50);

    // when
    StageState after18 = StageState.UNKNOWN;
    for (int i = 0; i < 9; i++) {
      after18 = freeze(50).state();
    }

    // then
    assertThat(after18).isNotEqualTo(StageState.STOPPED);

    // when
    for (int i = 0; i < 4; i++) {
      freeze(50);
    }

    // then
    StageLoad load = freeze(50);
    assertThat(load.state()).isEqualTo(StageState.STOPPED);
    assertThat(load.backlogSeconds()).isNaN();
  }

  @Test
  void shouldBeStoppedAlsoWhenItsBacklogIsNotToldAnyMore() {
    // given: a trainer that hangs says what it has said before
    run(30, 50, 50);

    // when
    StageLoad load = null;
    for (int i = 0; i < 20; i++) {
      load = look(50, backlog, -1);
    }

    // then
    assertThat(load.state()).isEqualTo(StageState.STOPPED);
  }

  @Test
  void shouldForgetWhatWasBeforeAGap() {
    // given
    run(40, 200, 50);

    // when: no browser looked for a minute
    millis += 60_000;

    // then
    assertThat(run(2, 200, 50).state()).isEqualTo(StageState.MEASURING);
  }

  @Test
  void shouldBeginAnewWhenTheTopicIsMadeAnew() {
    // given
    run(40, 50, 50);

    // when
    arrived = 0;

    // then
    assertThat(run(2, 50, 50).state()).isEqualTo(StageState.MEASURING);
  }

  @Test
  void shouldBeginAnewAfterItWasUnknown() {
    // given
    run(40, 200, 50);

    // when
    StageLoad unknown = window.unknown();

    // then
    assertThat(unknown.state()).isEqualTo(StageState.UNKNOWN);
    assertThat(run(2, 200, 50).state()).isEqualTo(StageState.MEASURING);
  }

  @Test
  void shouldBeBehindAtASlowRateOnlyWhenMoreThanTheFloorWaits() {
    // when: an image in 2 s arrives, a batch of 64 is finished when it is full
    StageLoad load = null;
    DoubleUnaryOperator waits = n -> n % 64;
    for (int i = 0; i < 200; i++) {
      load = addWith(64 + FLOOR, 1, waits.applyAsDouble(i), Math.floor(i / 64.0));
    }

    // then
    assertThat(load.state()).isEqualTo(StageState.KEEPS_UP);
  }

  /** Looks every two seconds. */
  private StageLoad run(int seconds, double inPerSecond, double outPerSecond) {
    StageLoad load = null;
    for (int i = 0; i < seconds / 2; i++) {
      double before = backlog;
      double came = 2 * inPerSecond;
      backlog = Math.max(0, backlog + came - 2 * outPerSecond);
      double finished = before + came - backlog;
      progress += finished;
      load = look(inPerSecond, backlog, progress);
    }
    return load;
  }

  private double progress;

  private StageLoad freeze(double inPerSecond) {
    backlog += 2 * inPerSecond;
    return look(inPerSecond, backlog, progress);
  }

  private StageLoad look(double inPerSecond, double waiting, double finished) {
    return addWith(FLOOR, 2 * inPerSecond, waiting, finished);
  }

  private StageLoad addWith(double floor, double came, double waiting, double finished) {
    millis += 2_000;
    arrived += came;
    return window.add(millis, new StageSample(arrived, waiting, finished), floor);
  }
}
