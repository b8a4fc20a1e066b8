package io.stillstream.trainer.release;

import java.io.IOException;
import java.util.OptionalLong;

/**
 * A person's choice of the champion. The trainer, if one is at work, follows the link: what was
 * chosen is served, and is what the next challenger has to reach.
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
    Release release = Release.read(store, version);
    store.exclusively(
        () -> {
          byte[] sound = release.model();
          if (sound.length == 0) {
            throw new ReleaseException(release.directory() + " is damaged: its model is empty");
          }
          release.verify();
          store.setChampion(version);
          long newest = store.versions().last();
          if (store.announced() < newest) {
            store.markAnnounced(newest);
          }
        });
    return release;
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
