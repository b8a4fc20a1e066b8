package io.stillstream.bench.machine;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

final class ProcessCpuTimeTest {
  private static final long BUSY = Duration.ofMillis(300).toNanos();

  @Test
  void shouldLeaveOutWhatTheOthersTake() throws InterruptedException {
    // given
    ThreadGroup others = new ThreadGroup("others");
    ProcessCpuTime all = new ProcessCpuTime();
    ProcessCpuTime ours = new ProcessCpuTime(others);
    CountDownLatch done = new CountDownLatch(1);
    CountDownLatch measured = new CountDownLatch(1);
    long allBefore = all.nanos();
    long oursBefore = ours.nanos();

    // when
    Thread other =
        new Thread(
            others,
            () -> {
              burn();
              done.countDown();
              await(measured);
            },
            "busy");
    other.start();
    done.await();
    long allTook = all.nanos() - allBefore;
    long oursTook = ours.nanos() - oursBefore;
    measured.countDown();
    other.join();

    // then
    assertThat(allTook).isGreaterThanOrEqualTo(BUSY - BUSY / 4);
    assertThat(allTook - oursTook).isGreaterThanOrEqualTo(BUSY - BUSY / 4);
  }

  private static void burn() {
    while (ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime() < BUSY) {
      Thread.onSpinWait();
    }
  }

  private static void await(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
