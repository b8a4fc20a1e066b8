package io.stillstream.local.release;

import io.stillstream.runtime.config.StartupException;
import io.stillstream.trainer.release.ModelCard;
import io.stillstream.trainer.replica.ReplicaManifest;
import io.stillstream.trainer.replica.objectstore.ObjectStore;
import io.stillstream.trainer.replica.objectstore.ObjectStoreException;
import io.stillstream.trainer.replica.objectstore.ObjectStoreSettings;
import io.stillstream.trainer.replica.objectstore.ObjectStoreSettings.ReleaseUri;
import java.io.IOException;
import java.util.Optional;

/** Where the copy of a release is in a trainer's object store, for the event of the release. */
final class StoredReleaseLookup {
  private static final String HEAD = "head.json";

  private final ObjectStoreSettings settings;

  /**
   * @param settings of the trainer's {@code store}
   */
  StoredReleaseLookup(ObjectStoreSettings settings) {
    this.settings = settings;
  }

  /**
   * The address of a copy; empty where events name the directory.
   *
   * @throws StartupException if there is no copy, or the store does not answer
   */
  Optional<String> uri(ModelCard card) throws IOException {
    if (settings.releaseUri() == ReleaseUri.FILE) {
      return Optional.empty();
    }
    String root = settings.root(card.student());
    try (ObjectStore bucket = ObjectStore.open(settings)) {
      Optional<ObjectStore.TaggedObject> head = bucket.read(root + HEAD);
      String place = bucket.uri(root);
      if (head.isEmpty()) {
        throw missing(card, place);
      }
      return Optional.of(
          ReplicaManifest.read(head.get().bytes(), place + HEAD).releases().stream()
              .filter(copy -> copy.version() == card.version())
              .filter(copy -> copy.sha256().equals(card.sha256()))
              .map(copy -> place + copy.directory())
              .findFirst()
              .orElseThrow(() -> missing(card, place)));
    } catch (ObjectStoreException e) {
      throw new StartupException("store: " + e.getMessage(), e);
    }
  }

  private static StartupException missing(ModelCard card, String place) {
    return new StartupException(
        "store: version "
            + card.version()
            + " is not in "
            + place
            + " yet; the trainer copies it, or use --no-event");
  }
}
