package io.stillstream.runtime.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

final class SlowConnectionMonitorTest {
  private static final Duration NEVER = Duration.ofMinutes(10);

  private final AtomicInteger made = new AtomicInteger();
  private final CountDownLatch refused = new CountDownLatch(2);
  private final CountDownLatch started = new CountDownLatch(1);
  private final CountDownLatch computed = new CountDownLatch(1);

  @Test
  void shouldWriteRefusalsAsSoonAsThereIsAThreadForThem() throws Exception {
    // given: none at first, and then tasks that wait for too long
    ThreadFactory factory =
        work -> {
          if (made.incrementAndGet() < 3) {
            throw new OutOfMemoryError("unable to create native thread");
          }
          return new Thread(work);
        };
    try (ConnectionThreadPool readers =
            new ConnectionThreadPool(
                factory, new ConnectionThreadPool.PoolLimits(1, NEVER, NEVER), System::nanoTime);
        ConnectionThreadPool workers =
            new ConnectionThreadPool(
                "test",
                new ConnectionThreadPool.PoolLimits(1, 4, Duration.ofMillis(1), NEVER, NEVER),
                System::nanoTime)) {
      workers.execute(this::compute);
      started.await();
      for (int i = 0; i < 2; i++) {
        assertThat(workers.offer(() -> {}, refused::countDown)).isTrue();
      }

      // when
      try (SlowConnectionMonitor watch =
          new SlowConnectionMonitor(readers, List.of(readers, workers))) {
        assertThat(watch).isNotNull();
        assertThat(refused.await(60, TimeUnit.SECONDS)).isTrue();
      }

      // then
      assertThat(made).hasValueGreaterThanOrEqualTo(3);
      computed.countDown();
    }
  }

  private void compute() {
    started.countDown();
    try {
      computed.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
