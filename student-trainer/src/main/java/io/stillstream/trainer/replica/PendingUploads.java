package io.stillstream.trainer.replica;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * What has become durable and is not copied yet. There is no queue: the copying thread takes what
 * is newest, so a checkpoint that waits is replaced by the next one.
 */
final class PendingUploads {
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition moved = lock.newCondition();
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

  /** There is something new. */
  void add(long ofSteps) {
    lock.lock();
    try {
      wanted++;
      steps = Math.max(steps, ofSteps);
      since = since == null ? clock.instant() : since;
      sinceTaken = sinceTaken == null ? clock.instant() : sinceTaken;
      moved.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /**
   * Waits for something new, or, after a failure, for the time of the next attempt.
   *
   * @return false if there is nothing more to do
   */
  boolean take(Duration pause) throws InterruptedException {
    lock.lock();
    try {
      long nanos = pause.toNanos();
      long seen = taken;
      while (!ended && wanted == seen && nanos > 0) {
        nanos = moved.awaitNanos(nanos);
      }
      while (!ended && wanted == done) {
        moved.await();
      }
      taken = wanted;
      sinceTaken = null;
      return !ended;
    } finally {
      lock.unlock();
    }
  }

  /** What was taken is copied. */
  void copied(long ofSteps) {
    lock.lock();
    try {
      done = taken;
      since = sinceTaken;
      copiedSteps = ofSteps;
      moved.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /** Waits until nothing is left. */
  boolean drain(Duration atMost) throws InterruptedException {
    lock.lock();
    try {
      long nanos = atMost.toNanos();
      while (!ended && done < wanted && nanos > 0) {
        nanos = moved.awaitNanos(nanos);
      }
      return done == wanted;
    } finally {
      lock.unlock();
    }
  }

  /** Copying has ended. */
  void end() {
    lock.lock();
    try {
      ended = true;
      moved.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /** When the first of what is not copied became durable. */
  Optional<Instant> since() {
    lock.lock();
    try {
      return Optional.ofNullable(since);
    } finally {
      lock.unlock();
    }
  }

  /** Of the newest that is copied. */
  long copiedSteps() {
    lock.lock();
    try {
      return copiedSteps;
    } finally {
      lock.unlock();
    }
  }

  /** Between the newest and the newest that is copied. */
  long behind() {
    lock.lock();
    try {
      return Math.max(0, steps - copiedSteps);
    } finally {
      lock.unlock();
    }
  }
}
