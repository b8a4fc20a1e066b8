package io.stillstream.trainer.replica;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/**
 * What has become durable and is not copied yet. There is no queue: the copying thread takes what
 * is newest, so a checkpoint that waits is replaced by the next one.
 */
final class PendingUploads {
  private final InstantSource clock;
  private long wanted;
  private long done;
  private long taken;
  private Instant since;
  private Instant sinceTaken;
  private long steps;
  private long copiedSteps;
  private boolean ended;

  PendingUploads(InstantSource clock) {
    this.clock = clock;
  }

  /** There is something new; its number, from 1 on. */
  synchronized long add(long ofSteps) {
    wanted++;
    steps = Math.max(steps, ofSteps);
    since = since == null ? clock.instant() : since;
    sinceTaken = sinceTaken == null ? clock.instant() : sinceTaken;
    notifyAll();
    return wanted;
  }

  /** Whether everything up to a number is copied. */
  synchronized boolean isCopied(long number) {
    return done >= number;
  }

  /**
   * Waits for something new, or, after a failure, for the time of the next attempt.
   *
   * @return false if there is nothing more to do
   */
  synchronized boolean take(Duration pause) throws InterruptedException {
    long seen = taken;
    waitWhile(() -> wanted == seen, pause);
    while (!ended && wanted == done) {
      wait();
    }
    taken = wanted;
    sinceTaken = null;
    return !ended;
  }

  /** What was taken is copied. */
  synchronized void copied(long ofSteps) {
    done = taken;
    since = sinceTaken;
    copiedSteps = ofSteps;
    notifyAll();
  }

  /** Waits until nothing is left. */
  synchronized boolean drain(Duration atMost) throws InterruptedException {
    waitWhile(() -> done < wanted, atMost);
    return done == wanted;
  }

  private void waitWhile(BooleanSupplier condition, Duration atMost) throws InterruptedException {
    long end = System.nanoTime() + atMost.toNanos();
    long left = atMost.toNanos();
    while (!ended && condition.getAsBoolean() && left > 0) {
      TimeUnit.NANOSECONDS.timedWait(this, left);
      left = end - System.nanoTime();
    }
  }

  /** Copying has ended. */
  synchronized void end() {
    ended = true;
    notifyAll();
  }

  /** When the first of what is not copied became durable. */
  synchronized Optional<Instant> since() {
    return Optional.ofNullable(since);
  }

  /** Of the newest that is copied. */
  synchronized long copiedSteps() {
    return copiedSteps;
  }

  /** Between the newest and the newest that is copied. */
  synchronized long behind() {
    return Math.max(0, steps - copiedSteps);
  }
}
