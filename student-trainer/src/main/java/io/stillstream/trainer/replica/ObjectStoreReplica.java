package io.stillstream.trainer.replica;

import io.stillstream.runtime.config.StartupException;
import io.stillstream.runtime.startup.StartupWait;
import io.stillstream.trainer.replica.ReplicaManifest.StoredRelease;
import io.stillstream.trainer.replica.objectstore.ObjectStore;
import io.stillstream.trainer.replica.objectstore.ObjectStoreException;
import io.stillstream.trainer.replica.objectstore.ObjectStoreSettings;
import java.io.IOException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A student's place in a store: restores the directory from it if need be, and copies to it, in a
 * thread of its own, what becomes durable. A store that is away holds nothing up.
 */
public final class ObjectStoreReplica implements Replica {
  private static final Logger LOG = LoggerFactory.getLogger(ObjectStoreReplica.class);
  private static final Duration FIRST_PAUSE = Duration.ofSeconds(1);
  private static final Duration LONGEST_PAUSE = Duration.ofMinutes(1);
  private static final Duration END = Duration.ofSeconds(5);
  private static final Duration LOOK = Duration.ofSeconds(1);

  private final ObjectStoreSettings settings;
  private final ObjectStore bucket;
  private final ReplicaOwnership ownership;
  private final Replicator copier;
  private final ReplicaMetrics metrics;
  private final PendingUploads backlog;
  private final Optional<Long> restored;
  private final Thread thread = new Thread(this::work, "store-copier");
  private volatile List<StoredRelease> releases = List.of();
  private volatile FencedException takenOver;
  private volatile String trouble;
  private volatile boolean closing;

  private ObjectStoreReplica(
      ObjectStoreSettings settings,
      ObjectStore bucket,
      ReplicaOwnership ownership,
      Replicator copier,
      ReplicaMetrics metrics,
      PendingUploads backlog,
      Optional<Long> restored) {
    this.settings = settings;
    this.bucket = bucket;
    this.ownership = ownership;
    this.copier = copier;
    this.metrics = metrics;
    this.backlog = backlog;
    this.restored = restored;
    thread.setDaemon(true);
  }

  /**
   * Claims the replica, restores what the directory does not have, and begins to copy. Without a
   * checkpoint in the directory it waits for a store that is away.
   *
   * @throws StartupException if the store refuses, is another student's, or is away for too long
   */
  public static ObjectStoreReplica open(
      ObjectStoreSettings settings,
      LocalState local,
      ReplicaMetrics metrics,
      InstantSource clock,
      StartupWait startup)
      throws IOException {
    Supplier<String> names = () -> UUID.randomUUID().toString();
    return open(settings, ObjectStore.open(settings), local, metrics, clock, names, startup);
  }

  static ObjectStoreReplica open(
      ObjectStoreSettings settings,
      ObjectStore bucket,
      LocalState local,
      ReplicaMetrics metrics,
      InstantSource clock,
      Supplier<String> names,
      StartupWait startup)
      throws IOException {
    try {
      ReplicaBootstrap opening =
          new ReplicaBootstrap(local, bucket, settings.root(local.student()), names, clock);
      Optional<Long> restored = opening.restore(startup);
      ObjectStoreReplica store =
          new ObjectStoreReplica(
              settings,
              bucket,
              opening.ownership(),
              opening.copier(settings.keep(), metrics),
              metrics,
              new PendingUploads(clock),
              restored);
      store.begin();
      return store;
    } catch (ObjectStoreException | CorruptObjectException | FencedException e) {
      bucket.close();
      throw new StartupException("store: " + e.getMessage(), e);
    } catch (IOException | RuntimeException e) {
      bucket.close();
      throw e;
    }
  }

  private void begin() {
    if (ownership.isClaimed()) {
      releases = ownership.head().releases();
    }
    metrics.behind(Optional.empty(), 0);
    // Whatever is in the directory may not be in the store.
    long unused = backlog.add(0);
    thread.start();
  }

  /** Steps of the checkpoint that came from the store; empty if none did. */
  public Optional<Long> restored() {
    return restored;
  }

  /** Where it is. */
  public String uri() {
    return ownership.uri();
  }

  @Override
  public long enqueue(long steps) {
    long number = backlog.add(steps);
    report();
    return number;
  }

  @Override
  public boolean isConfirmed(long number) {
    return settings.releaseUri() == ObjectStoreSettings.ReleaseUri.FILE || backlog.isCopied(number);
  }

  @Override
  public void requireOwned() {
    if (takenOver != null) {
      throw new FencedException(takenOver.getMessage());
    }
  }

  @Override
  public Optional<String> uri(long version, String sha256, String local) {
    if (settings.releaseUri() == ObjectStoreSettings.ReleaseUri.FILE) {
      return Optional.of(local);
    }
    return releases.stream()
        .filter(release -> release.version() == version && release.sha256().equals(sha256))
        .map(release -> ownership.uri() + release.directory())
        .findFirst();
  }

  @Override
  public void drain(Runnable waiting) throws InterruptedException {
    Duration left = settings.onStop();
    boolean drained = backlog.drain(shorter(left, LOOK));
    while (!drained && left.compareTo(LOOK) > 0) {
      waiting.run();
      left = left.minus(LOOK);
      drained = backlog.drain(shorter(left, LOOK));
    }
    if (!drained) {
      LOG.atWarn()
          .addKeyValue("steps", backlog.behind())
          .addKeyValue("cause", trouble)
          .log("Stopped before all was copied to the store; the next start goes on");
    }
  }

  private static Duration shorter(Duration a, Duration b) {
    return a.compareTo(b) < 0 ? a : b;
  }

  @Override
  public Optional<String> statusText() {
    String place = "step " + backlog.copiedSteps() + " copied, " + backlog.behind() + " behind";
    String reason = trouble;
    return Optional.of(reason == null ? place : place + "; " + reason);
  }

  private void work() {
    Duration pause = Duration.ZERO;
    try {
      while (backlog.take(pause)) {
        try {
          long steps = copier.replicate();
          releases = ownership.head().releases();
          trouble = null;
          pause = Duration.ZERO;
          backlog.copied(steps);
        } catch (FencedException e) {
          takenOver = e;
          trouble = e.getMessage();
          LOG.atError().addKeyValue("cause", e.getMessage()).log("The store is another trainer's");
          return;
        } catch (IOException | RuntimeException | Error e) {
          // An error, too: memory may have been short, and copying would end for good.
          if (closing) {
            return;
          }
          pause = failed(e, pause);
        }
        report();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      backlog.end();
    }
  }

  private Duration failed(Throwable e, Duration before) {
    // Those of this room say what and where; of a file that is gone, there would be the name only.
    boolean hasContext = e instanceof ObjectStoreException || e instanceof CorruptObjectException;
    trouble = hasContext ? e.getMessage() : e.toString();
    metrics.failed();
    LOG.atWarn()
        .addKeyValue("cause", trouble)
        .log("Copying to the store failed, it is tried again");
    Duration twice = before.isZero() ? FIRST_PAUSE : before.multipliedBy(2);
    return twice.compareTo(LONGEST_PAUSE) < 0 ? twice : LONGEST_PAUSE;
  }

  /** One thread at a time, so that the last call has the latest state. */
  private synchronized void report() {
    metrics.behind(backlog.since(), backlog.behind());
  }

  /** Gives up what is under way; what is half there counts for nothing. */
  @Override
  public void close() {
    closing = true;
    backlog.end();
    thread.interrupt();
    try {
      thread.join(END.toMillis());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    bucket.close();
  }
}
