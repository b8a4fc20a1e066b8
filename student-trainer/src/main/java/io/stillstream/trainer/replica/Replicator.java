package io.stillstream.trainer.replica;

import io.stillstream.trainer.checkpoint.store.Checkpoint;
import io.stillstream.trainer.replica.ReplicaManifest.StoredCheckpoint;
import io.stillstream.trainer.replica.ReplicaManifest.StoredLedger;
import io.stillstream.trainer.replica.ReplicaManifest.StoredRelease;
import io.stillstream.trainer.replica.objectstore.ObjectStoreException;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.LongSupplier;
import java.util.function.UnaryOperator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Copies what is newest in the directory: releases, then the checkpoint with its part of the
 * ledger. Objects first, the head last: before that they are not visible. Belongs to one thread.
 */
final class Replicator {
  private static final Logger LOG = LoggerFactory.getLogger(Replicator.class);

  private final LocalState local;
  private final int keep;
  private final ReplicaOwnership ownership;
  private final Transfers transfers;
  private final OrphanCollector orphans;
  private final ReplicaMetrics metrics;
  private final LongSupplier nanos;

  /** What ledger and store have in common; null before that has been looked at. */
  private StoredLedger common;

  /** Whether there may be objects that nothing names. */
  private boolean orphansPossible = true;

  /** Whether there are some that could not be deleted now. */
  private boolean deletionPending;

  private long attempts;

  /** What is copied to the object store, and back. */
  record Transfers(
      CheckpointTransfer checkpoints, LedgerTransfer ledger, ReleaseTransfer releases) {}

  /**
   * @param keep how many checkpoints
   * @param nanos a clock for durations
   */
  Replicator(
      LocalState local,
      int keep,
      ReplicaOwnership ownership,
      Transfers transfers,
      OrphanCollector orphans,
      ReplicaMetrics metrics,
      LongSupplier nanos) {
    this.local = local;
    this.keep = keep;
    this.ownership = ownership;
    this.transfers = transfers;
    this.orphans = orphans;
    this.metrics = metrics;
    this.nanos = nanos;
  }

  /**
   * Brings the store up to the directory.
   *
   * @return steps of the newest checkpoint in the store, 0 if there is none
   * @throws FencedException if another trainer has the student's place
   */
  long replicate() throws IOException {
    if (!ownership.isClaimed()) {
      claim();
    }
    // Before anything is sent: a store that is full gets room again.
    deletionPending = orphansPossible && !swept();
    // Whatever ends this early leaves objects that no head names.
    orphansPossible = true;
    attempts++;
    copyReleases();
    Optional<Checkpoint> newest = local.checkpoints().pin();
    try {
      if (newest.isPresent()) {
        copy(newest.get());
      }
    } finally {
      local.checkpoints().unpin();
    }
    orphansPossible = deletionPending;
    return ownership.head().checkpoints().stream()
        .findFirst()
        .map(StoredCheckpoint::steps)
        .orElse(0L);
  }

  /** The store was away at the start: now it is seen whether the place is still ours. */
  private void claim() throws IOException {
    boolean occupied = local.checkpoints().pin().isPresent();
    local.checkpoints().unpin();
    ownership.claim(local, occupied);
  }

  private void copyReleases() throws IOException {
    List<StoredRelease> there = ownership.head().releases();
    List<StoredRelease> wanted = transfers.releases().send(there, place());
    if (!wanted.equals(there)) {
      commit(head -> head.with(wanted));
    }
  }

  private void copy(Checkpoint checkpoint) throws IOException {
    ReplicaManifest head = ownership.head();
    String identity = CheckpointTransfer.identity(checkpoint);
    if (!head.checkpoints().isEmpty() && head.checkpoints().get(0).manifest().equals(identity)) {
      return;
    }
    long start = nanos.getAsLong();
    StoredCheckpoint stored = transfers.checkpoints().send(checkpoint, head.checkpoints(), place());
    if (common == null) {
      common = transfers.ledger().matching(head.storedLedger(), stored.ledgerBytes());
    }
    StoredLedger lines = transfers.ledger().send(common, stored.ledgerBytes(), place());
    List<StoredCheckpoint> kept = CheckpointTransfer.kept(stored, head.checkpoints(), keep);
    commit(now -> now.with(kept, lines));
    common = lines;
    long bytes = CheckpointTransfer.sentBytes(stored, head.checkpoints());
    metrics.copied(Duration.ofNanos(nanos.getAsLong() - start), bytes);
    LOG.atDebug()
        .addKeyValue("checkpoint", stored.sequence())
        .addKeyValue("step", stored.steps())
        .log("Checkpoint is in the store");
  }

  /** What keys begin with: a request to delete that arrives late meets none that is in use. */
  private String place() {
    return ownership.head().run() + "/" + attempts;
  }

  private void commit(UnaryOperator<ReplicaManifest> change) throws IOException {
    ReplicaManifest before = ownership.head();
    ownership.commit(change);
    try {
      orphans.collectReplaced(before, ownership.head());
    } catch (ObjectStoreException e) {
      deletionPending = true;
      LOG.atWarn().addKeyValue("cause", e.getMessage()).log("Old objects could not be deleted");
    }
  }

  /**
   * Deletes what the head does not name. It is written once more before that: a write whose answer
   * was lost either counts by then, or never will.
   *
   * @throws FencedException if it is another trainer's by now
   */
  private boolean swept() throws IOException {
    ownership.commit(UnaryOperator.identity());
    try {
      orphans.collectAll(ownership.head());
      return true;
    } catch (ObjectStoreException e) {
      LOG.atWarn().addKeyValue("cause", e.getMessage()).log("Leftovers could not be deleted");
      return false;
    }
  }
}
