package io.stillstream.student.store;

import io.stillstream.student.checkpoint.AllDamagedException;
import io.stillstream.student.checkpoint.Checkpoint;
import io.stillstream.student.store.BucketException.Reason;
import java.io.IOException;
import java.time.InstantSource;
import java.util.Optional;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Takes a student's place in the store over, and restores what the directory does not have. */
final class Opening {
  private static final Logger LOG = LoggerFactory.getLogger(Opening.class);

  private final Local local;
  private final Ownership ownership;
  private final CheckpointCopies checkpoints;
  private final LedgerCopies ledger;
  private final ReleaseCopies releases;
  private final Sweep sweep;

  /**
   * @param root prefix of all keys
   * @param names gives names that were never given before
   */
  Opening(Local local, Bucket bucket, String root, Supplier<String> names, InstantSource clock)
      throws IOException {
    Parts parts = new Parts(bucket, root);
    String owner = OwnerFile.of(local.directory(), local.disk(), names);
    this.local = local;
    this.ownership = new Ownership(bucket, root, owner, names, clock);
    this.checkpoints = new CheckpointCopies(parts, local.disk());
    this.ledger = new LedgerCopies(parts, local.ledger());
    this.releases = new ReleaseCopies(parts, local.releases());
    this.sweep = new Sweep(bucket, root);
  }

  /** Of the place; it is not claimed if the store was away and the directory can go on. */
  Ownership ownership() {
    return ownership;
  }

  /**
   * @return steps of what was restored; empty if nothing was
   * @throws AllDamagedException if the directory has nothing sound, and the store has nothing
   */
  Optional<Long> restore() throws IOException {
    try {
      Optional<Checkpoint> newest = local.checkpoints().newest();
      return restore(newest, newest.isPresent(), local.directory() + " has no checkpoint");
    } catch (AllDamagedException e) {
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
   * @param missing says why it could not go on by itself
   */
  private Optional<Long> restore(Optional<Checkpoint> newest, boolean occupied, String missing)
      throws IOException {
    try {
      ownership.claim(
          local.student(),
          local.modelSha256(),
          new Takeover(local, ownership.owner(), ownership.uri(), occupied));
    } catch (BucketException e) {
      if (e.reason() == Reason.REFUSED) {
        throw e;
      }
      if (newest.isEmpty()) {
        throw new BucketException(
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
    return new Restoring(local, ownership.uri(), checkpoints, ledger, releases)
        .run(ownership.head(), newest);
  }

  /** What copies from now on; restoring has to have ended. */
  Copier copier(int keep, StoreMetrics metrics) {
    return new Copier(
        local, keep, ownership, checkpoints, ledger, releases, sweep, metrics, System::nanoTime);
  }
}
