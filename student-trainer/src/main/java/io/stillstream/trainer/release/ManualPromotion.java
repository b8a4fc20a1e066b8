package io.stillstream.trainer.release;

import java.io.IOException;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * A person's choice of the champion, from the command line or by the trainer's management port. The
 * trainer, if one is at work, follows the link: what was chosen is served, and is what the next
 * challenger has to reach.
 */
public final class ManualPromotion {
  private final ReleaseStore store;

  public ManualPromotion(ReleaseStore store) {
    this.store = store;
  }

  /**
   * Makes a version champion, durably, and withdraws what has not been announced yet of others. The
   * caller announces it.
   *
   * @throws ReleaseException if it is not there or is damaged; nothing has changed then
   */
  public Release promote(long version) throws IOException {
    return promote(version, false, () -> {});
  }

  /**
   * The same for the trainer itself: its event is to be sent from then on, also after a crash.
   *
   * @param owner asked in the last moment before a change
   */
  Release promoteAndAnnounce(long version, ReleaseWriter.OwnershipCheck owner) throws IOException {
    return promote(version, true, owner);
  }

  private Release promote(long version, boolean announce, ReleaseWriter.OwnershipCheck owner)
      throws IOException {
    Release release = Release.read(store, version);
    store.exclusively(
        () -> {
          byte[] sound = release.model();
          if (sound.length == 0) {
            throw new ReleaseException(release.directory() + " is damaged: its model is empty");
          }
          release.verify();
          PromotionIntent intent = new PromotionIntent(version, store.versions().last(), announce);
          owner.require();
          Optional<PromotionIntent> former = store.promotion();
          store.begin(intent);
          boolean isSwitched = false;
          try {
            store.setChampion(version);
            isSwitched = true;
          } finally {
            if (!isSwitched) {
              undo(version, former);
            }
          }
          complete(intent);
        });
    return release;
  }

  /** What comes after the link has changed may fail, too: then the choice holds. */
  private void undo(long version, Optional<PromotionIntent> former) throws IOException {
    OptionalLong champion = store.champion();
    if (champion.isPresent() && champion.getAsLong() == version) {
      return;
    }
    if (former.isPresent()) {
      store.begin(former.get());
    } else {
      store.endPromotion();
    }
  }

  /**
   * Completes what a crash interrupted, unless a newer release has become champion since.
   *
   * @param champion of the checkpoint that training continues from
   */
  void resume(long champion, ReleaseWriter.OwnershipCheck owner) throws IOException {
    if (store.promotion().isEmpty()) {
      return;
    }
    store.exclusively(
        () -> {
          owner.require();
          Optional<PromotionIntent> intent = store.promotion();
          if (intent.isEmpty()) {
            return;
          }
          if (champion > intent.get().newest() || !store.exists(intent.get().version())) {
            store.endPromotion();
          } else {
            complete(intent.get());
          }
        });
  }

  /** Every step can be repeated. */
  private void complete(PromotionIntent intent) throws IOException {
    store.setChampion(intent.version());
    if (store.announced() < intent.newest()) {
      store.markAnnounced(intent.newest());
    }
    if (!intent.announce()) {
      store.endPromotion();
    }
  }

  /**
   * The newest version below the champion's that was made as champion.
   *
   * @throws ReleaseException if there is none
   */
  public long before() throws IOException {
    OptionalLong champion = store.champion();
    if (champion.isEmpty()) {
      throw new ReleaseException("there is no current release in " + store.root());
    }
    long before = 0;
    for (long version : store.versions().headSet(champion.getAsLong())) {
      if (store.wasChampion(version)) {
        before = version;
      }
    }
    if (before == 0) {
      throw new ReleaseException(
          "there is no champion before version " + champion.getAsLong() + " in " + store.root());
    }
    return before;
  }
}
