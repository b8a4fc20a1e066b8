package io.stillstream.local.objects;

import io.stillstream.runtime.objectstore.ObjectStoreConnection;
import io.stillstream.runtime.objectstore.ObjectStoreCredentials;
import io.stillstream.trainer.replica.objectstore.ObjectStore;
import io.stillstream.trainer.replica.objectstore.ObjectStoreSettings;
import java.time.Duration;
import java.util.Optional;

/** Opens buckets with the settings of an augmenter, which only reads. */
final class S3Buckets {
  private static final ObjectStoreCredentials CHAIN =
      new ObjectStoreCredentials(
          Optional.empty(),
          Optional.empty(),
          Optional.empty(),
          Optional.empty(),
          Optional.empty(),
          true);

  private S3Buckets() {}

  /**
   * @param store without it, or without credentials in it, what AWS's chain finds
   */
  static ObjectStore open(Optional<ObjectStoreConnection> store, String bucket) {
    return ObjectStore.open(
        new ObjectStoreSettings(
            store.flatMap(ObjectStoreConnection::endpoint),
            store.map(ObjectStoreConnection::region).orElse("us-east-1"),
            bucket,
            Optional.empty(),
            store.map(ObjectStoreConnection::pathStyle).orElse(true),
            store.flatMap(ObjectStoreConnection::credentials).orElse(CHAIN),
            store.flatMap(ObjectStoreConnection::certificates),
            Duration.ofSeconds(5),
            Duration.ofSeconds(60),
            3,
            ObjectStoreSettings.Checksums.WHEN_REQUIRED,
            true,
            1,
            ObjectStoreSettings.ReleaseUri.FILE,
            Duration.ZERO));
  }
}
