package io.stillstream.trainer.replica;

import io.stillstream.runtime.startup.StartupWait;
import io.stillstream.trainer.checkpoint.store.Checkpoint;
import io.stillstream.trainer.checkpoint.store.NoValidCheckpointException;
import io.stillstream.trainer.replica.objectstore.ObjectStore;
import io.stillstream.trainer.replica.objectstore.ObjectStoreException;
import io.stillstream.trainer.replica.objectstore.ObjectStoreException.Reason;
import java.io.IOException;
import java.time.InstantSource;
import java.util.Optional;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Takes a student's place in the store over, and restores what the directory does not have. */
final class ReplicaBootstrap {
  private static final Logger LOG = LoggerFactory.getLogger(ReplicaBootstrap.class);

  private final LocalState local;
  private final ReplicaOwnership ownership;
  private final Replicator.Transfers transfers;
  private final OrphanCollector orphans;

  /**
   * @param root prefix of all keys
   * @param names gives names that were never given before
   */
  ReplicaBootstrap(
      LocalState local,
      ObjectStore bucket,
      String root,
      Supplier<String> names,
      InstantSource clock)
      throws IOException {
    ChunkedTransfer parts = new ChunkedTransfer(bucket, root);
    String owner = local.ownerId(names);
    this.local = local;
    this.ownership = new ReplicaOwnership(bucket, root, owner, names, clock);
    this.transfers =
        new Replicator.Transfers(
            new CheckpointTransfer(
                parts, new SegmentTransfer(parts, local.checkpoints(), local.disk()), local.disk()),
            new LedgerTransfer(parts, local.ledger()),
            new ReleaseTransfer(parts, local.releases()));
    this.orphans = new OrphanCollector(bucket, root);
  }

  /** Of the replica; not claimed if the store is unavailable and the directory suffices. */
  ReplicaOwnership ownership() {
    return ownership;
  }

  /**
   * Waits for a store that is away, if the directory has nothing to go on from.
   *
   * @return steps of what was restored; empty if nothing was
   * @throws NoValidCheckpointException if the directory has nothing sound, and the store has
   *     nothing
   */
  Optional<Long> restore(StartupWait startup) throws IOException {
    startup.begin();
    while (true) {
      try {
        Optional<Long> restored = restore();
        startup.end();
        return restored;
      } catch (ObjectStoreException e) {
        if (e.reason() != Reason.AWAY || !startup.pause("store: " + e.getMessage())) {
          throw e;
        }
      }
    }
  }

  private Optional<Long> restore() throws IOException {
    try {
      Optional<Checkpoint> newest = local.checkpoints().newest();
      return restore(newest, newest.isPresent(), local.directory() + " has no checkpoint");
    } catch (NoValidCheckpointException e) {
      Optional<Long> restored = restore(Optional.empty(), true, e.getMessage());
      if (restored.isEmpty()) {
        throw e;
      }
      return restored;
    }
  }

  /**
   * @param newest sound one in the directory
   * @param occupied whether it has any
   * @param missing says why the directory does not suffice to continue
   */
  private Optional<Long> restore(Optional<Checkpoint> newest, boolean occupied, String missing)
      throws IOException {
    try {
      ownership.claim(local, occupied);
    } catch (ObjectStoreException e) {
      if (e.reason() == Reason.REFUSED) {
        throw e;
      }
      if (newest.isEmpty()) {
        throw new ObjectStoreException(
            e.reason(),
            e.getMessage()
                + "; "
                + missing
                + ", so whether to begin anew or to go on from one in the store cannot be known"
                + " before it answers",
            e);
      }
      LOG.atWarn()
          .addKeyValue("cause", e.getMessage())
          .log("Store is away; training goes on from the directory");
      return Optional.empty();
    }
    return new ReplicaRestorer(local, ownership.uri(), transfers).run(ownership.head(), newest);
  }

  /** What copies from now on; restoring has to have ended. */
  Replicator copier(int keep, ReplicaMetrics metrics) {
    return new Replicator(local, keep, ownership, transfers, orphans, metrics, System::nanoTime);
  }
}
