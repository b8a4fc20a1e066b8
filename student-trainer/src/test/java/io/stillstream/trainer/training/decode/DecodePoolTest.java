package io.stillstream.trainer.training.decode;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class DecodePoolTest {
  private final AtomicInteger waits = new AtomicInteger();
  private final AtomicInteger works = new AtomicInteger();
  private final DecodeMetrics metrics =
      new DecodeMetrics() {
        @Override
        public void waited(Duration took) {
          waits.incrementAndGet();
        }

        @Override
        public void decoded(Duration took) {
          works.incrementAndGet();
        }
      };
  private DecodePool pool = DecodePool.create(1, 2, metrics);

  @AfterEach
  void close() {
    pool.close();
  }

  @Test
  void shouldWorkInTheThreadThatJoinsWithoutThreads() {
    // given
    pool = DecodePool.create(0, 2, metrics);

    // when
    DecodeTask<Thread> task = pool.submit(DecodePriority.RECORD, Thread::currentThread);

    // then
    assertThat(pool.ahead()).isZero();
    assertThat(task.isDone()).isFalse();
    assertThat(task.join()).isSameAs(Thread.currentThread());
    assertThat(waits).hasValue(1);
    assertThat(works).hasValue(0);
  }

  @Test
  void shouldDoWhatNoThreadHasBegun() throws InterruptedException {
    // given: its only thread is busy
    CountDownLatch begun = new CountDownLatch(1);
    CountDownLatch end = new CountDownLatch(1);
    DecodeTask<Boolean> busy = occupy(begun, end);

    // when
    DecodeTask<Thread> task = pool.submit(DecodePriority.UPDATE, Thread::currentThread);

    // then
    assertThat(task.join()).isSameAs(Thread.currentThread());
    end.countDown();
    assertThat(busy.join()).isTrue();
  }

  @Test
  void shouldDoFirstWhatIsNeededFirst() throws InterruptedException {
    // given
    CountDownLatch begun = new CountDownLatch(1);
    CountDownLatch end = new CountDownLatch(1);
    DecodeTask<Boolean> unused = occupy(begun, end);
    List<String> order = Collections.synchronizedList(new ArrayList<>());
    CountDownLatch done = new CountDownLatch(4);

    // when
    submit(DecodePriority.RECORD, "record 1", order, done);
    submit(DecodePriority.RECORD, "record 2", order, done);
    submit(DecodePriority.NEXT_BATCH, "next", order, done);
    submit(DecodePriority.UPDATE, "update", order, done);
    end.countDown();
    done.await();

    // then
    assertThat(order).containsExactly("update", "next", "record 1", "record 2");
  }

  @Test
  void shouldThrowWhatTheWorkThrewAndGoOn() {
    // given
    DecodeTask<String> failing =
        pool.submit(
            DecodePriority.RECORD,
            () -> {
              throw new OutOfMemoryError("of a test");
            });
    DecodeTask<String> refusing =
        pool.submit(
            DecodePriority.RECORD,
            () -> {
              throw new IllegalArgumentException("damaged");
            });

    // then
    assertThatThrownBy(failing::join).isInstanceOf(OutOfMemoryError.class).hasMessage("of a test");
    assertThatThrownBy(refusing::join)
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("damaged");
    assertThat(pool.submit(DecodePriority.RECORD, () -> "next").join()).isEqualTo("next");
  }

  @Test
  void shouldWaitThoughInterruptedAndStayInterrupted() throws InterruptedException {
    // given
    CountDownLatch begun = new CountDownLatch(1);
    CountDownLatch end = new CountDownLatch(1);
    DecodeTask<Boolean> busy = occupy(begun, end);
    Thread joins = Thread.currentThread();
    Thread ends =
        new Thread(
            () -> {
              while (joins.getState() != Thread.State.WAITING) {
                Thread.onSpinWait();
              }
              end.countDown();
            });

    // when
    joins.interrupt();
    ends.start();
    boolean done = busy.join();

    // then
    assertThat(Thread.interrupted()).isTrue();
    assertThat(done).isTrue();
    ends.join();
  }

  @Test
  void shouldLeaveWorkToTheThreadThatJoinsAfterItsEnd() {
    // when
    pool.close();

    // then
    assertThat(pool.submit(DecodePriority.RECORD, Thread::currentThread).join())
        .isSameAs(Thread.currentThread());
  }

  private DecodeTask<Boolean> occupy(CountDownLatch begun, CountDownLatch end)
      throws InterruptedException {
    DecodeTask<Boolean> busy =
        pool.submit(
            DecodePriority.UPDATE,
            () -> {
              begun.countDown();
              return awaited(end);
            });
    begun.await();
    return busy;
  }

  private static boolean awaited(CountDownLatch end) {
    try {
      end.await();
      return true;
    } catch (InterruptedException e) {
      return false;
    }
  }

  private void submit(
      DecodePriority priority, String name, List<String> order, CountDownLatch done) {
    DecodeTask<Boolean> unused =
        pool.submit(
            priority,
            () -> {
              order.add(name);
              done.countDown();
              return true;
            });
  }
}
