package io.stillstream.trainer.loop;

import io.stillstream.runtime.access.AccessMonitor;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.common.KafkaException;

/** Says when the loop ends, and when it pauses because brokers refuse access. */
public final class LoopControl {
  private static final Duration RETRY = Duration.ofMillis(500);

  private final AccessMonitor access;
  private final CountDownLatch stopping;

  /**
   * @param stopping reaches zero when the service stops
   */
  public LoopControl(AccessMonitor access, CountDownLatch stopping) {
    this.access = access;
    this.stopping = stopping;
  }

  /** Whether the service stops. */
  public boolean isStopping() {
    return stopping.getCount() == 0;
  }

  /**
   * Pauses before the next attempt.
   *
   * @return whether the service stops
   */
  public boolean pause() throws InterruptedException {
    return stopping.await(RETRY.toMillis(), TimeUnit.MILLISECONDS);
  }

  /**
   * Pauses after a failure, if it came from missing privileges: they may be granted again.
   *
   * @throws KafkaException the failure, if it did not
   */
  public void pauseIfRefused(KafkaException failure) throws InterruptedException {
    if (!access.reportFailure(failure)) {
      throw failure;
    }
    boolean unused = pause();
  }
}
