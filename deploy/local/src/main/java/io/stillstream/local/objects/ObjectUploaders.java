package io.stillstream.local.objects;

import io.stillstream.augmenter.fetch.ObjectAddress;
import io.stillstream.runtime.config.StartupException;
import io.stillstream.runtime.objectstore.ObjectStoreConnection;
import java.nio.file.Path;
import java.util.Optional;

/** Opens the store that an address of a folder names. */
public final class ObjectUploaders {
  private ObjectUploaders() {}

  /**
   * Opens a store.
   *
   * @param to {@code s3://bucket/folder/}, the folder may be left out, or {@code file:///folder/}
   * @param store how the store of s3 is reached; without it, AWS's own with the credentials that
   *     AWS's chain finds
   * @throws StartupException if the address is another one, or the settings are wrong
   */
  public static ObjectUploader open(String to, Optional<ObjectStoreConnection> store) {
    ObjectAddress address;
    try {
      address = ObjectAddress.parse(to);
    } catch (IllegalArgumentException e) {
      throw new StartupException("--to " + e.getMessage(), e);
    }
    if (address.isWeb() || !address.path().endsWith("/")) {
      throw new StartupException(
          "--to must be s3://bucket/folder/ or file:///folder/, with a slash at its end, was "
              + address);
    }
    if (address.scheme().equals("file")) {
      return new DirectoryUploader(Path.of(address.path()));
    }
    return new S3Uploader(S3Buckets.open(store, address.host()), address.path().substring(1));
  }
}
