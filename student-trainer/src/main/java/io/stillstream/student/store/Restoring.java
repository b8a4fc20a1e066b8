package io.stillstream.student.store;

import io.stillstream.student.checkpoint.Checkpoint;
import io.stillstream.student.checkpoint.TrainerState;
import io.stillstream.student.store.Head.StoredCheckpoint;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Brings the newest whole checkpoint of the store into the directory, with ledger and releases. The
 * checkpoint comes last, and as a whole: a crash before that leaves a directory to be restored.
 */
final class Restoring {
  private static final Logger LOG = LoggerFactory.getLogger(Restoring.class);

  private final Local local;
  private final String place;
  private final CheckpointCopies checkpoints;
  private final LedgerCopies ledger;
  private final ReleaseCopies releases;

  /**
   * @param place of the student in the store, for messages
   */
  Restoring(
      Local local,
      String place,
      CheckpointCopies checkpoints,
      LedgerCopies ledger,
      ReleaseCopies releases) {
    this.local = local;
    this.place = place;
    this.checkpoints = checkpoints;
    this.ledger = ledger;
    this.releases = releases;
  }

  /**
   * Restores if the directory has no checkpoint, or only one that is behind: then its newest was
   * damaged.
   *
   * @param there the newest in the directory
   * @return steps of what was restored; empty if nothing was
   * @throws DamagedException if the store has checkpoints, all damaged, and the directory has none
   */
  Optional<Long> run(Head head, Optional<Checkpoint> there) throws IOException {
    long steps = there.isPresent() ? TrainerState.read(there.get()).steps() : -1;
    for (StoredCheckpoint stored : head.checkpoints()) {
      if (stored.steps() <= steps) {
        return Optional.empty();
      }
      try {
        restore(head, stored);
        LOG.atWarn()
            .addKeyValue("from", place)
            .addKeyValue("checkpoint", stored.sequence())
            .addKeyValue("step", stored.steps())
            .log("Restored from the store");
        return Optional.of(stored.steps());
      } catch (DamagedException e) {
        LOG.atError()
            .addKeyValue("checkpoint", stored.sequence())
            .addKeyValue("step", stored.steps())
            .addKeyValue("damage", e.getMessage())
            .log("Checkpoint in the store is damaged, the one before is used");
      }
    }
    if (there.isEmpty() && !head.checkpoints().isEmpty()) {
      throw new DamagedException(
          "all " + head.checkpoints().size() + " checkpoints in " + place + " are damaged");
    }
    return Optional.empty();
  }

  private void restore(Head head, StoredCheckpoint stored) throws IOException {
    Path aside = local.checkpoints().aside();
    Path lines = local.checkpoints().aside(local.ledger());
    try {
      checkpoints.fetch(stored, aside);
      Optional<String> damage = local.checkpoints().damage(aside);
      if (damage.isPresent()) {
        throw new DamagedException(place + ": " + damage.get());
      }
      releases.fetch(head.releases());
      ledger.fetch(head.ledger(), stored.ledgerBytes(), lines);
      local.disk().sync(lines);
      local.checkpoints().publish(lines, local.ledger());
      local.checkpoints().adopt(aside, stored.sequence());
    } finally {
      // Gigabytes that nobody would delete; after a success they have been moved.
      local.disk().delete(aside);
      Files.deleteIfExists(lines);
    }
  }
}
