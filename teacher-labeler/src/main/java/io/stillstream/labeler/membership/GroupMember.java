package io.stillstream.labeler.membership;

import io.stillstream.labeler.input.BatchingConsumer;
import io.stillstream.labeler.model.TeacherUnavailableException;
import io.stillstream.labeler.output.CommitController;
import io.stillstream.labeler.status.LabelerStatus;
import io.stillstream.runtime.service.RetryBackoff;
import io.stillstream.schemas.registry.RegistryUnavailableException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.InterruptException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * This instance as a member of its consumer group. Whatever the loop waits for, it polls and
 * commits what is due meanwhile, so that neither {@code max.poll.interval.ms} nor the transaction
 * time-out depends on how long the wait is. Publishes the status.
 *
 * <p>Belongs to the loop's thread, except {@link #stop} and {@link #status}.
 */
public final class GroupMember {
  private static final Logger log = LoggerFactory.getLogger(GroupMember.class);
  private static final Duration LONGEST_POLL = Duration.ofMillis(100);

  private final BatchingConsumer consumer;
  private final CommitController commits;
  private final RebalanceListener rebalances;
  private final Duration keepAliveEvery;
  private final LongSupplier nanoTime;

  private volatile LabelerStatus status;
  private volatile boolean stopping;

  /**
   * @param keepAliveEvery longest time between two polls
   * @param nanoTime a clock as {@link System#nanoTime}
   */
  public GroupMember(
      BatchingConsumer consumer,
      CommitController commits,
      Duration keepAliveEvery,
      LongSupplier nanoTime) {
    this.consumer = consumer;
    this.commits = commits;
    this.rebalances = new RebalanceListener(consumer, commits);
    this.keepAliveEvery = keepAliveEvery;
    this.nanoTime = nanoTime;
    this.status = LabelerStatus.starting(nanoTime.getAsLong());
  }

  public LabelerStatus status() {
    return status;
  }

  /** Requests the end: waits end early from now on. */
  public void stop() {
    stopping = true;
  }

  public boolean isStopping() {
    return stopping;
  }

  public void join() {
    consumer.subscribe(rebalances);
  }

  /** Fetches records; returns early if a batch or a commit is due. */
  public void poll(Duration longest) {
    poll(() -> consumer.poll(shorter(shorter(longest, consumer.untilNext()), commits.untilDue())));
  }

  /** Polls with all partitions paused if the last poll is too long ago. */
  public void keepAliveIfDue() {
    if (status.sincePoll(nanoTime.getAsLong()).compareTo(keepAliveEvery) >= 0) {
      keepAlive(Duration.ZERO);
    }
  }

  /** How long the thread may do something else. */
  public Duration untilNextDuty() {
    return shorter(keepAliveEvery, commits.untilDue());
  }

  public void commitIfDue() {
    if (commits.isDue()) {
      commit();
    }
  }

  public void commit() {
    commits.commit(consumer.group());
  }

  /**
   * Aborts the transaction; see {@link CommitController#abort}.
   *
   * @throws KafkaException the failure itself, if it cannot pass
   */
  public void abort(KafkaException failure) {
    status = status.withBrokerError(Optional.of(commits.abort(failure)));
  }

  /** Goes to the committed offsets, when the delay since the abort is over. */
  public void recover() {
    idle(commits.retryDelay());
    commits.open();
    consumer.rewind();
    commits.resume();
    status = status.withBrokerError(Optional.empty());
  }

  /** Notes that the schema of what is written has been registered. */
  public void schemaRegistered() {
    status = status.withSchemaRegistered();
  }

  /** Waits; ends early if a stop is requested. */
  public void idle(Duration time) {
    long end = nanoTime.getAsLong() + time.toNanos();
    for (long left = time.toNanos(); left > 0 && !stopping; left = end - nanoTime.getAsLong()) {
      keepAlive(shorter(LONGEST_POLL, Optional.of(Duration.ofNanos(left))));
      commitIfDue();
    }
  }

  /**
   * Waits for work that needs the registry and the teachers, and repeats it while one of them is
   * away.
   *
   * @param work starts the work, or returns what is under way
   * @return the result; empty if a stop was requested while one was away
   */
  public <T> Optional<T> retryWhileAway(Supplier<CompletableFuture<T>> work) {
    RetryBackoff backoff = new RetryBackoff();
    while (true) {
      try {
        T result = await(work.get());
        noteAnswers();
        return Optional.of(result);
      } catch (RegistryUnavailableException e) {
        if (status.registryError().isEmpty()) {
          log.atWarn().addKeyValue("reason", e.getMessage()).log("waiting for the schema registry");
        }
        status = status.withRegistryError(Optional.of(String.valueOf(e.getMessage())));
      } catch (TeacherUnavailableException e) {
        if (status.teacherError().isEmpty()) {
          log.atWarn().addKeyValue("reason", e.getMessage()).log("waiting for the teacher");
        }
        status = status.withTeacherError(Optional.of(String.valueOf(e.getMessage())));
      }
      commit();
      idle(backoff.next());
      if (stopping) {
        return Optional.empty();
      }
    }
  }

  private void noteAnswers() {
    if (status.registryError().isPresent()) {
      log.atInfo().log("the schema registry answers again");
      status = status.withRegistryError(Optional.empty());
    }
    if (status.teacherError().isPresent()) {
      log.atInfo().log("the teacher answers again");
      status = status.withTeacherError(Optional.empty());
    }
  }

  private <T> T await(CompletableFuture<T> work) {
    while (true) {
      try {
        return work.get(Math.max(1, untilNextDuty().toMillis()), TimeUnit.MILLISECONDS);
      } catch (TimeoutException e) {
        if (stopping && status.registryError().isPresent()) {
          throw new RegistryUnavailableException("told to stop while the registry is away");
        }
        if (stopping && status.teacherError().isPresent()) {
          throw new TeacherUnavailableException("told to stop while the teacher is away");
        }
        commitIfDue();
        keepAlive(Duration.ZERO);
      } catch (InterruptedException e) {
        throw new InterruptException(e);
      } catch (ExecutionException e) {
        if (e.getCause() instanceof RuntimeException cause) {
          throw cause;
        }
        throw new IllegalStateException("labelling failed", e.getCause());
      }
    }
  }

  private void keepAlive(Duration timeout) {
    poll(() -> consumer.keepAlive(timeout));
  }

  private void poll(Runnable poll) {
    poll.run();
    long now = nanoTime.getAsLong();
    status = status.withPoll(now);
    status = status.withUnresolvedOffsets(consumer.unresolvedOffsets(), now);
    rebalances.throwFailure();
  }

  private static Duration shorter(Duration one, Optional<Duration> other) {
    return other.filter(duration -> duration.compareTo(one) < 0).orElse(one);
  }
}
