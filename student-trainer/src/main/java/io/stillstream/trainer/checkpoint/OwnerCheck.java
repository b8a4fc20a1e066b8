package io.stillstream.trainer.checkpoint;

import io.stillstream.trainer.files.DirectoryLock;
import io.stillstream.trainer.replica.Replica;
import java.io.IOException;
import java.time.Duration;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Checks once a second that no other trainer has replaced this one. */
public final class OwnerCheck {
  private static final Logger LOG = LoggerFactory.getLogger(OwnerCheck.class);
  private static final Duration INTERVAL = Duration.ofSeconds(1);

  private final DirectoryLock lock;
  private final Replica replica;
  private final LongSupplier nanos;
  private long last;

  /**
   * @param nanos a clock for durations
   */
  public OwnerCheck(DirectoryLock lock, Replica replica, LongSupplier nanos) {
    this.lock = lock;
    this.replica = replica;
    this.nanos = nanos;
    this.last = nanos.getAsLong();
  }

  /**
   * Checks the directory, if that is due, and what is known of the object store.
   *
   * @throws IllegalStateException if another trainer has replaced this one
   */
  void require() {
    replica.requireOwned();
    long now = nanos.getAsLong();
    if (now - last < INTERVAL.toNanos()) {
      return;
    }
    last = now;
    try {
      lock.requireHeld();
    } catch (IOException e) {
      // A disk that is away is reported by the next checkpoint.
      LOG.atDebug().addKeyValue("error", e.toString()).log("The epoch cannot be read");
    }
  }
}
