package io.stillstream.runtime.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

final class ConnectionThreadPoolTest {
  private static final Duration PRESSED = Duration.ofSeconds(1);
  private static final Duration PATIENCE = Duration.ofSeconds(3);
  private static final Duration LIMIT = Duration.ofSeconds(10);

  private final AtomicLong clock = new AtomicLong();
  private final ConnectionThreadPool threads =
      new ConnectionThreadPool(
          "test", new ConnectionThreadPool.PoolLimits(1, 2, PATIENCE, PRESSED, LIMIT), clock::get);
  private final CountDownLatch started = new CountDownLatch(1);
  private final CountDownLatch interrupted = new CountDownLatch(1);
  private final CountDownLatch done = new CountDownLatch(1);

  @AfterEach
  void close() {
    threads.close();
  }

  @Test
  void shouldLetAClientHoldAThreadForTheLimitIfNobodyWaits() throws Exception {
    // given
    threads.execute(this::hold);
    started.await();

    // when
    pass(LIMIT);
    assertThat(threads.interruptStalled()).isEmpty();

    // then
    assertThat(interrupted.getCount()).isOne();
    pass(Duration.ofMillis(1));
    assertThat(threads.interruptStalled()).isEmpty();
    interrupted.await();
  }

  @Test
  void shouldTakeTheThreadAwaySoonerWhenATaskWaits() throws Exception {
    // given
    threads.execute(this::hold);
    started.await();
    threads.execute(done::countDown);

    // when
    pass(PRESSED.plusMillis(1));
    assertThat(threads.interruptStalled()).isEmpty();

    // then
    interrupted.await();
    done.await();
  }

  @Test
  void shouldNotHandAnInterruptOnToTheNextTask() throws Exception {
    // given
    AtomicBoolean seen = new AtomicBoolean(true);
    threads.execute(
        () -> {
          hold();
          Thread.currentThread().interrupt();
        });
    started.await();
    threads.execute(
        () -> {
          seen.set(Thread.currentThread().isInterrupted());
          done.countDown();
        });

    // when
    pass(PRESSED.plusMillis(1));
    assertThat(threads.interruptStalled()).isEmpty();
    done.await();

    // then
    assertThat(seen).isFalse();
  }

  @Test
  void shouldLeaveAloneWhatComputesAndBeginAnewAfterwards() throws Exception {
    // given
    CountDownLatch computed = new CountDownLatch(1);
    CountDownLatch holds = new CountDownLatch(1);
    threads.execute(
        () -> {
          try {
            threads.compute(
                () -> {
                  started.countDown();
                  computed.await();
                  return null;
                });
            holds.countDown();
            new CountDownLatch(1).await();
          } catch (Exception e) {
            interrupted.countDown();
          }
        });
    started.await();
    threads.execute(done::countDown);

    // when: three times what a client is allowed
    pass(PATIENCE);
    assertThat(threads.interruptStalled()).isEmpty();
    computed.countDown();
    holds.await();
    assertThat(threads.interruptStalled()).isEmpty();

    // then: now it is the client's time
    assertThat(interrupted.getCount()).isOne();
    threads.execute(() -> {});
    pass(PRESSED.plusMillis(1));
    threads.interruptStalled();
    interrupted.await();
  }

  @Test
  void shouldNotHandAnInterruptOnToWhatIsComputed() throws Exception {
    // given: it comes when the client has been read to its end
    AtomicBoolean seen = new AtomicBoolean(true);
    threads.execute(() -> computeOnceInterrupted(seen));
    started.await();

    // when
    pass(LIMIT.plusMillis(1));
    assertThat(threads.interruptStalled()).isEmpty();
    done.await();

    // then
    assertThat(seen).isFalse();
  }

  @Test
  void shouldTellWhatIsComputedOfTheEnd() throws Exception {
    // given
    AtomicBoolean seen = new AtomicBoolean();
    threads.execute(() -> computeOnceInterrupted(seen));
    started.await();

    // when
    threads.close();
    done.await();

    // then
    assertThat(seen).isTrue();
  }

  @Test
  void shouldRefuseWhatWaitsTooLong() throws Exception {
    // given: a thread that computes without end
    Runnable refusal = () -> {};
    AtomicBoolean run = new AtomicBoolean();
    CountDownLatch computed = new CountDownLatch(1);
    threads.execute(() -> compute(computed));
    started.await();
    assertThat(threads.offer(() -> run.set(true), refusal)).isTrue();

    // when
    pass(PATIENCE);
    assertThat(threads.interruptStalled()).isEmpty();
    pass(Duration.ofMillis(1));
    List<Runnable> refusals = threads.interruptStalled();

    // then: it is refused once, and not run when there is a thread
    assertThat(refusals).containsExactly(refusal);
    assertThat(threads.interruptStalled()).isEmpty();
    computed.countDown();
    threads.execute(done::countDown);
    done.await();
    assertThat(run).isFalse();
  }

  @Test
  void shouldTakeNoMoreThanMayWait() throws Exception {
    // given
    CountDownLatch computed = new CountDownLatch(1);
    threads.execute(() -> compute(computed));
    started.await();

    // then
    assertThat(threads.offer(() -> {}, () -> {})).isTrue();
    assertThat(threads.offer(done::countDown, () -> {})).isTrue();
    assertThat(threads.offer(() -> {}, () -> {})).isFalse();
    assertThatThrownBy(() -> threads.execute(() -> {}))
        .isInstanceOf(RejectedExecutionException.class);
    computed.countDown();
    done.await();
    await().until(() -> threads.offer(() -> {}, () -> {}));
  }

  @Test
  void shouldForgetATaskForWhichNoThreadCanBeHad() throws Exception {
    // given: as many as may wait
    AtomicInteger made = new AtomicInteger();
    ThreadFactory factory =
        work -> {
          if (made.incrementAndGet() < 3) {
            throw new OutOfMemoryError("unable to create native thread");
          }
          return new Thread(work);
        };
    try (ConnectionThreadPool scarce =
        new ConnectionThreadPool(
            factory,
            new ConnectionThreadPool.PoolLimits(1, 2, PATIENCE, PRESSED, LIMIT),
            clock::get)) {
      assertThat(scarce.offer(() -> {}, () -> {})).isFalse();
      assertThatThrownBy(() -> scarce.execute(() -> {}))
          .isInstanceOf(RejectedExecutionException.class);

      // when
      scarce.execute(this::hold);
      started.await();
      pass(LIMIT);

      // then: none waits that would press others, or has to be refused
      assertThat(scarce.interruptStalled()).isEmpty();
      assertThat(interrupted.getCount()).isOne();
    }
  }

  @Test
  void shouldTakeNothingWhenItHasBeenClosed() {
    // when
    threads.close();

    // then
    assertThat(threads.offer(() -> {}, () -> {})).isFalse();
    assertThat(threads.interruptStalled()).isEmpty();
  }

  private void pass(Duration time) {
    clock.addAndGet(time.toNanos());
  }

  private void hold() {
    started.countDown();
    try {
      new CountDownLatch(1).await();
    } catch (InterruptedException e) {
      interrupted.countDown();
    }
  }

  private void computeOnceInterrupted(AtomicBoolean seen) {
    started.countDown();
    while (!Thread.currentThread().isInterrupted()) {
      Thread.onSpinWait();
    }
    threads.compute(
        () -> {
          seen.set(Thread.currentThread().isInterrupted());
          done.countDown();
          return null;
        });
  }

  private void compute(CountDownLatch until) {
    try {
      threads.compute(
          () -> {
            started.countDown();
            until.await();
            return null;
          });
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }
}
