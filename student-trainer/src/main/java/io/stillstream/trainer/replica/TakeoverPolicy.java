package io.stillstream.trainer.replica;

import io.stillstream.trainer.replica.ReplicaManifest.StoredCheckpoint;

/**
 * Whether a directory may take a student's place in the store over. An empty directory may, to go
 * on from what is there; the directory that the place belongs to may. Any other holds a training
 * that is not the one in the store, and a person has to say which of them counts.
 */
final class TakeoverPolicy {
  private TakeoverPolicy() {}

  /**
   * Checks that the directory may take over.
   *
   * @param head that is there
   * @param owner identity of the directory
   * @param place of the student in the store
   * @param occupied whether the directory has checkpoints, sound or not
   * @throws FencedException if it may not
   */
  static void check(
      ReplicaManifest head, LocalState local, String owner, String place, boolean occupied) {
    if (!head.student().equals(local.student())
        || !head.modelSha256().equals(local.modelSha256())) {
      throw new FencedException(
          "prefix: "
              + place
              + " holds the training of student "
              + head.student()
              + " (sha256 "
              + head.modelSha256()
              + "), which is not "
              + local.student()
              + " (sha256 "
              + local.modelSha256()
              + "); give every student a prefix of its own");
    }
    if (occupied && !head.owner().equals(owner)) {
      throw new FencedException(
          "prefix: "
              + place
              + " belongs to the training in another directory ("
              + head.owner()
              + ", epoch "
              + head.epoch()
              + ", written "
              + head.writtenAt()
              + ", "
              + steps(head)
              + "), and "
              + local.directory()
              + " ("
              + owner
              + ") has checkpoints, too; move its content away to go on from the store, or choose"
              + " another prefix to go on from it");
    }
  }

  private static String steps(ReplicaManifest head) {
    return head.checkpoints().stream()
        .findFirst()
        .map(StoredCheckpoint::steps)
        .map(steps -> "step " + steps)
        .orElse("no checkpoint");
  }
}
