package io.stillstream.trainer.publish;

import io.stillstream.schemas.StudentRelease;
import io.stillstream.trainer.release.ReleaseWriter;
import io.stillstream.trainer.replica.Replica;
import java.io.IOException;
import java.util.Optional;

/**
 * Holds the event of a release back until it is true wherever the store is read: the copy that its
 * URI names exists, and where a person chose the champion, the last checkpoint has the choice and
 * is copied. So no trainer announces a choice that is lost with its directory, or that it makes
 * after another trainer has taken over. Belongs to the loop's thread.
 */
final class ReleaseHold {
  private static final long NOT_SAVED = Long.MAX_VALUE;

  private final ReleaseWriter writer;
  private final Replica replica;

  /** In the last durable checkpoint; 0 if there is none. */
  private long savedChampion;

  /** Number in the replica of the first checkpoint since the champion is that one. */
  private long savedIn = NOT_SAVED;

  /** The release that waits; null if none does. */
  private StudentRelease held;

  private boolean isHeldChosen;

  ReleaseHold(ReleaseWriter writer, Replica replica) {
    this.writer = writer;
    this.replica = replica;
  }

  /**
   * A checkpoint is durable.
   *
   * @param champion in it
   * @param copy its number in the replica
   */
  void saved(long champion, long copy) {
    // Not the newest copy: where checkpoints come faster than copies, that one is never there.
    if (champion != savedChampion) {
      savedChampion = champion;
      savedIn = copy;
    }
  }

  /** Takes a release: returns it with its URI if its event may be sent, otherwise holds it. */
  Optional<StudentRelease> admit(StudentRelease release) throws IOException {
    boolean isChosen = writer.isPromoted(release.getVersion());
    if (isReady(release, isChosen)) {
      held = null;
      return Optional.of(located(release));
    }
    held = release;
    isHeldChosen = isChosen;
    return Optional.empty();
  }

  /** Holds nothing any more. */
  void clear() {
    held = null;
  }

  /** Whether it holds a release whose event may be sent now. */
  boolean isReady() {
    return held != null && isReady(held, isHeldChosen);
  }

  private boolean isReady(StudentRelease release, boolean isChosen) {
    long needed = release.getVersion() == savedChampion ? savedIn : NOT_SAVED;
    return uri(release).isPresent() && (!isChosen || replica.isConfirmed(needed));
  }

  /** The release with the URI of its copy, or with the one that it has if there is no copy. */
  StudentRelease located(StudentRelease release) {
    uri(release).ifPresent(release::setUri);
    return release;
  }

  private Optional<String> uri(StudentRelease release) {
    return replica.uri(release.getVersion(), release.getSha256(), release.getUri());
  }
}
