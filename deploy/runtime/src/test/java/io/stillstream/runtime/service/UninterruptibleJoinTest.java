package io.stillstream.runtime.service;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

final class UninterruptibleJoinTest {
  @Test
  void shouldWaitForTheThreadAlthoughItIsInterruptedAndSaySoAfterwards() {
    // given
    CountDownLatch end = new CountDownLatch(1);
    Thread waiting = Thread.currentThread();
    Thread thread =
        new Thread(
            () -> {
              // Twice: the first one only clears the way into the second wait.
              for (int i = 0; i < 2; i++) {
                waiting.interrupt();
                while (waiting.isInterrupted()) {
                  Thread.onSpinWait();
                }
              }
              end.countDown();
            });
    thread.start();

    // when
    UninterruptibleJoin.join(thread);

    // then
    assertThat(end.getCount()).isZero();
    assertThat(thread.isAlive()).isFalse();
    assertThat(Thread.interrupted()).isTrue();
  }
}
