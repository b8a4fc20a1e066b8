package io.stillstream.trainer.replica;

import io.stillstream.trainer.checkpoint.store.Checkpoint;
import io.stillstream.trainer.checkpoint.store.TrainerState;
import io.stillstream.trainer.replica.ReplicaManifest.StoredCheckpoint;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Brings the newest whole checkpoint of the store into the directory, with ledger and releases. The
 * checkpoint comes last, and as a whole: a crash before that leaves a directory to be restored.
 */
final class ReplicaRestorer {
  private static final Logger LOG = LoggerFactory.getLogger(ReplicaRestorer.class);

  private final LocalState local;
  private final String place;
  private final Replicator.Transfers transfers;

  /**
   * @param place of the student in the store, for messages
   */
  ReplicaRestorer(LocalState local, String place, Replicator.Transfers transfers) {
    this.local = local;
    this.place = place;
    this.transfers = transfers;
  }

  /**
   * Restores if the directory has no checkpoint, or only one that is behind: then its newest was
   * damaged.
   *
   * @param there the newest in the directory
   * @return steps of what was restored; empty if nothing was
   * @throws CorruptObjectException if the store has checkpoints, all damaged, and the directory has
   *     none
   */
  Optional<Long> run(ReplicaManifest head, Optional<Checkpoint> there) throws IOException {
    long steps = there.isPresent() ? TrainerState.read(there.get()).steps() : -1;
    for (StoredCheckpoint stored : head.checkpoints()) {
      if (stored.steps() <= steps) {
        return Optional.empty();
      }
      try {
        long begun = System.nanoTime();
        restore(head, stored);
        LOG.atWarn()
            .addKeyValue("from", place)
            .addKeyValue("checkpoint", stored.sequence())
            .addKeyValue("step", stored.steps())
            .addKeyValue("took.ms", (System.nanoTime() - begun) / 1_000_000)
            .log("Restored from the store");
        return Optional.of(stored.steps());
      } catch (CorruptObjectException e) {
        LOG.atError()
            .addKeyValue("checkpoint", stored.sequence())
            .addKeyValue("step", stored.steps())
            .addKeyValue("damage", e.getMessage())
            .log("Checkpoint in the store is damaged, the one before is used");
      }
    }
    if (there.isEmpty() && !head.checkpoints().isEmpty()) {
      throw new CorruptObjectException(
          "all " + head.checkpoints().size() + " checkpoints in " + place + " are damaged");
    }
    return Optional.empty();
  }

  private void restore(ReplicaManifest head, StoredCheckpoint stored) throws IOException {
    Path aside = local.checkpoints().temporaryPath();
    try {
      transfers.checkpoints().fetch(stored, aside);
      Optional<String> damage = local.checkpoints().damage(aside);
      if (damage.isPresent()) {
        throw new CorruptObjectException(place + ": " + damage.get());
      }
      transfers.releases().fetch(head.releases());
      transfers.ledger().restore(head.storedLedger(), stored.ledgerBytes(), local);
      local.checkpoints().adopt(aside, stored.sequence());
    } finally {
      // Else gigabytes would stay for ever; after a success they have been moved.
      local.disk().delete(aside);
      local.checkpoints().deleteUnused();
    }
  }
}
