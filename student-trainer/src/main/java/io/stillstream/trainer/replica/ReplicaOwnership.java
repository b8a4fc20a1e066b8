package io.stillstream.trainer.replica;

import io.stillstream.trainer.replica.objectstore.ObjectStore;
import io.stillstream.trainer.replica.objectstore.ObjectStoreException;
import io.stillstream.trainer.replica.objectstore.ObjectStoreException.Reason;
import java.io.IOException;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;

/**
 * The right to a student's place in the store, and its head. Every start of a trainer takes the
 * head over by compare-and-set, with a unique run; the former owner is refused when it next writes
 * the head. Belongs to one thread at a time.
 */
final class ReplicaOwnership {
  private static final String HEAD = "head.json";
  private static final int ATTEMPTS = 5;

  private final ObjectStore bucket;
  private final String root;
  private final String owner;
  private final Supplier<String> nonce;
  private final InstantSource clock;
  private ReplicaManifest head;
  private String tag;

  /**
   * @param root prefix of all keys
   * @param owner identity of the directory
   * @param nonce gives a name that was never given before
   */
  ReplicaOwnership(
      ObjectStore bucket, String root, String owner, Supplier<String> nonce, InstantSource clock) {
    this.bucket = bucket;
    this.root = root;
    this.owner = owner;
    this.nonce = nonce;
    this.clock = clock;
  }

  /** Where all of it is. */
  String uri() {
    return bucket.uri(root);
  }

  /** Whether it has been claimed by this run. */
  boolean isClaimed() {
    return head != null;
  }

  /** As it was last written by this run. */
  ReplicaManifest head() {
    return head;
  }

  /**
   * Takes the head over.
   *
   * @param occupied whether the directory has checkpoints, sound or not
   * @throws FencedException if {@link TakeoverPolicy} forbids it
   */
  void claim(LocalState local, boolean occupied) throws IOException {
    String mine = nonce.get();
    for (int attempt = 1; ; attempt++) {
      Optional<ObjectStore.TaggedObject> entry = bucket.read(root + HEAD);
      Optional<ReplicaManifest> found = Optional.empty();
      if (entry.isPresent()) {
        found = Optional.of(ReplicaManifest.read(entry.get().bytes(), bucket.uri(root + HEAD)));
      }
      if (found.isPresent() && found.get().run().endsWith(mine)) {
        // The answer to the attempt before was lost, and it had been written.
        head = found.get();
        tag = entry.get().tag();
        return;
      }
      if (found.isPresent()) {
        TakeoverPolicy.check(found.get(), local, owner, uri(), occupied);
      }
      long epoch = found.map(ReplicaManifest::epoch).orElse(0L) + 1;
      ReplicaManifest claimed =
          new ReplicaManifest(
              ReplicaManifest.FORMAT,
              epoch,
              "runs/%012d-%s".formatted(epoch, mine),
              owner,
              local.student(),
              local.modelSha256(),
              clock.instant().toString(),
              found.map(ReplicaManifest::checkpoints).orElse(List.of()),
              found.map(ReplicaManifest::ledger).orElse(List.of()),
              found.map(ReplicaManifest::ledgerSegments).orElse(List.of()),
              found.map(ReplicaManifest::releases).orElse(List.of()));
      try {
        tag =
            bucket.replace(
                root + HEAD, claimed.toBytes(), entry.map(ObjectStore.TaggedObject::tag));
        head = claimed;
        return;
      } catch (ObjectStoreException e) {
        if (e.reason() != Reason.CONFLICT || attempt == ATTEMPTS) {
          throw e;
        }
      }
    }
  }

  /**
   * Replaces the head.
   *
   * @throws FencedException if another trainer has it
   */
  void commit(UnaryOperator<ReplicaManifest> change) throws IOException {
    ReplicaManifest next = change.apply(head).writtenAt(clock.instant().toString());
    try {
      tag = bucket.replace(root + HEAD, next.toBytes(), Optional.of(tag));
    } catch (ObjectStoreException e) {
      if (e.reason() != Reason.CONFLICT && e.reason() != Reason.ABSENT) {
        throw e;
      }
      Optional<ObjectStore.TaggedObject> entry = bucket.read(root + HEAD);
      if (entry.isEmpty()) {
        throw new FencedException(uri() + " was emptied: its " + HEAD + " is gone");
      }
      ReplicaManifest found = ReplicaManifest.read(entry.get().bytes(), bucket.uri(root + HEAD));
      if (!found.run().equals(head.run())) {
        throw new FencedException(
            "another trainer took over "
                + uri()
                + ": epoch "
                + found.epoch()
                + " of directory "
                + found.owner()
                + ", this one has epoch "
                + head.epoch());
      }
      // A change of ours whose answer was lost, this one or the one before.
      tag = entry.get().tag();
      if (!found.equals(next)) {
        head = found;
        throw e;
      }
    }
    head = next;
  }
}
