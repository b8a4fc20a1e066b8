package io.stillstream.runtime.access;

import io.stillstream.runtime.config.StartupException;
import io.stillstream.runtime.health.Health.Check;
import io.stillstream.runtime.kafka.ClientIds;
import io.stillstream.runtime.kafka.KafkaSettings;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.AuthenticationException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Notices that a privilege has been taken away while a service runs, says which, and notices that
 * it is back: it asks the brokers now and then, and often once something has been refused. Safe for
 * all threads.
 */
public final class AccessMonitor implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(AccessMonitor.class);
  private static final Duration EVERY = Duration.ofSeconds(10);

  /** How often it is looked whether something was refused; and in trouble, how often it asks. */
  private static final Duration LOOK = Duration.ofSeconds(1);

  private static final Duration PATIENCE = Duration.ofSeconds(10);

  /** What brokers do not tell of may have been refused: that is over when nothing more is. */
  private static final Duration QUIET = Duration.ofSeconds(15);

  private final Map<String, Object> settings;
  private final List<RequiredAcl> needed;
  private final ScheduledExecutorService timer =
      Executors.newSingleThreadScheduledExecutor(
          task -> {
            Thread thread = new Thread(task, "access-watch");
            thread.setDaemon(true);
            return thread;
          });
  private Admin admin; // of the timer's thread, as the next one
  private long askedAt = System.nanoTime();
  private volatile String trouble;
  private volatile boolean isTold;
  private volatile long refusedAt = System.nanoTime() - QUIET.toNanos();

  /**
   * @param kafka settings of the client
   * @param needed what has to be allowed
   */
  public AccessMonitor(Map<String, String> kafka, List<RequiredAcl> needed) {
    this.settings = KafkaSettings.admin(ClientIds.forUse(kafka, "access"));
    this.needed = List.copyOf(needed);
  }

  /** Begins to ask. The start has asked already, so the first time is not now. */
  public void start() {
    var unused =
        timer.scheduleWithFixedDelay(
            this::poll, LOOK.toMillis(), LOOK.toMillis(), TimeUnit.MILLISECONDS);
  }

  /**
   * Tells of a failure.
   *
   * @return whether it came of a lack of privileges, or of brokers that do not let the client in:
   *     then it is to be tried again later
   */
  public boolean reportFailure(Throwable failure) {
    Optional<Throwable> refusal = AuthorizationFailures.find(failure);
    refusal.ifPresent(
        cause -> {
          refusedAt = System.nanoTime();
          isTold = true;
          if (trouble == null) {
            log(String.valueOf(cause.getMessage()));
          }
        });
    return refusal.isPresent();
  }

  /** What is not allowed at the moment. */
  public Optional<String> problem() {
    return Optional.ofNullable(trouble);
  }

  /** The same as a check of readiness. */
  public Check check() {
    String now = trouble;
    return Check.readiness("access", now == null, now == null ? "allowed" : now);
  }

  private void poll() {
    boolean due = isTold || trouble != null || System.nanoTime() - askedAt >= EVERY.toNanos();
    if (!due) {
      return;
    }
    try {
      isTold = false;
      query();
    } catch (AuthenticationException e) {
      log("the brokers do not let this client in: " + e.getMessage());
    } catch (KafkaException | StartupException e) {
      // Brokers that are away, or settings that no client can be made of any more, are not ours.
      LOG.atDebug().addKeyValue("cause", e.toString()).log("privileges could not be asked for");
    }
    askedAt = System.nanoTime();
  }

  private void query() {
    if (admin == null) {
      admin = KafkaSettings.client(() -> Admin.create(settings));
    }
    AclProbe inquiry = new AclProbe(admin, PATIENCE);
    List<RequiredAcl> missing = inquiry.missing(needed);
    if (!missing.isEmpty()) {
      log(AccessCheck.describe(settings, missing, "; "));
    } else if (trouble != null
        && inquiry.isAnswered()
        && System.nanoTime() - refusedAt > QUIET.toNanos()) {
      LOG.atInfo().log("all that is needed is allowed again");
      trouble = null;
    }
  }

  private void log(String what) {
    if (!what.equals(trouble)) {
      LOG.atWarn().addKeyValue("reason", what).log("waiting for privileges");
      trouble = what;
    }
  }

  @Override
  public void close() {
    timer.shutdownNow();
    try {
      // It is interrupted in what it waits for; then its client is free to be closed.
      if (timer.awaitTermination(PATIENCE.toMillis(), TimeUnit.MILLISECONDS) && admin != null) {
        admin.close(Duration.ZERO);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
