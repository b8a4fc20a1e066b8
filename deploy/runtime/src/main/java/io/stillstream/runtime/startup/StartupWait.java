package io.stillstream.runtime.startup;

import io.stillstream.runtime.config.Scalars;
import io.stillstream.runtime.config.StartupException;
import io.stillstream.runtime.health.Health;
import io.stillstream.runtime.health.Health.Check;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The patience of one start: how long it waits for what is away, in one sum for all of it. It logs
 * what it waits for at once, and then every half minute. One thread at a time waits; {@link
 * #cancel} and {@link #addTo} are for all threads.
 */
public final class StartupWait {
  /** Message of the exception that ends a start that was cancelled. */
  public static final String STOPPED = "stopped while starting";

  private static final Logger LOG = LoggerFactory.getLogger(StartupWait.class);
  private static final Duration LOG_INTERVAL = Duration.ofSeconds(30);

  /** What is asked for after a long wait for something else gets at least this long. */
  private static final Duration LEAST = Duration.ofSeconds(15);

  private static final Duration FIRST_PAUSE = Duration.ofMillis(200);
  private static final Duration LATER_PAUSE = Duration.ofSeconds(1);

  private final Duration maxWait;
  private final boolean quiet;
  private final CountDownLatch cancelled = new CountDownLatch(1);
  private final long begun = System.nanoTime();
  private long deadline = begun;
  private long loggedAt;
  private volatile String reason;

  private StartupWait(Duration maxWait, boolean quiet) {
    this.maxWait = maxWait;
    this.quiet = quiet;
  }

  /** Of a service. */
  public static StartupWait of(StartSettings settings) {
    return of(settings.maxWait());
  }

  /** Of a service, for so long. */
  public static StartupWait of(Duration maxWait) {
    return new StartupWait(maxWait, false);
  }

  /** Of a command line tool: it says only how it ends. */
  public static StartupWait quiet(Duration maxWait) {
    return new StartupWait(maxWait, true);
  }

  /** How long it waits in all. */
  public Duration maxWait() {
    return maxWait;
  }

  /** Begins to ask for something, which gets what is left of the time. */
  public void begin() {
    requireNotCancelled();
    long now = System.nanoTime();
    Duration least = maxWait.compareTo(LEAST) < 0 ? maxWait : LEAST;
    deadline = Math.max(Math.max(deadline, begun + maxWait.toNanos()), now + least.toNanos());
  }

  /** How long it still waits, ms; 0 or less when the time is over. */
  public long leftMillis() {
    return TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime());
  }

  /**
   * Says what it waits for, and pauses.
   *
   * @param missing what is away, with its address
   * @return false if the time is over
   * @throws StartupException if it was cancelled
   */
  public boolean pause(String missing) {
    long now = System.nanoTime();
    boolean early = now - begun < LEAST.toNanos();
    long pause = (early ? FIRST_PAUSE : LATER_PAUSE).toMillis();
    if (leftMillis() <= pause) {
      return false;
    }
    report(missing);
    try {
      boolean unused = cancelled.await(pause, TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new StartupException("interrupted while starting", e);
    }
    requireNotCancelled();
    return true;
  }

  /** Says what it waits for. */
  public void report(String missing) {
    reason = missing;
    long now = System.nanoTime();
    if (quiet || (loggedAt != 0 && now - loggedAt < LOG_INTERVAL.toNanos())) {
      return;
    }
    loggedAt = now;
    LOG.atWarn()
        .addKeyValue("reason", missing)
        .addKeyValue("left", Scalars.format(Duration.ofSeconds(Math.max(0, leftMillis() / 1000))))
        .log("the start waits");
  }

  /** What was asked for is there. */
  public void end() {
    if (reason != null && !quiet) {
      LOG.atInfo().addKeyValue("reason", reason).log("the start goes on; it waited");
    }
    reason = null;
    loggedAt = 0;
  }

  /** Ends the wait at once, now and later. */
  public void cancel() {
    cancelled.countDown();
  }

  /**
   * Checks that it was not cancelled.
   *
   * @throws StartupException if it was
   */
  public void requireNotCancelled() {
    if (cancelled.getCount() == 0) {
      throw new StartupException(STOPPED);
    }
  }

  /** The same health, and while it waits a check of readiness that says for what. */
  public Health addTo(Health health) {
    String missing = reason;
    if (missing == null) {
      return health;
    }
    List<Check> checks = new ArrayList<>(health.checks());
    checks.add(Check.readiness("start", false, "waits: " + missing));
    return new Health(checks);
  }
}
