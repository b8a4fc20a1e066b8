package io.stillstream.local.objects;

import io.stillstream.augmenter.fetch.ObjectAddress;
import io.stillstream.trainer.replica.objectstore.ObjectStore;
import io.stillstream.trainer.replica.objectstore.ObjectStoreException;
import io.stillstream.trainer.replica.objectstore.ObjectStoreException.Reason;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import java.util.Optional;

/** Writes objects below a prefix of a bucket. */
final class S3Uploader implements ObjectUploader {
  private final ObjectStore bucket;
  private final String prefix;

  /**
   * @param bucket closed with this
   * @param prefix of all keys
   */
  S3Uploader(ObjectStore bucket, String prefix) {
    this.bucket = bucket;
    this.prefix = prefix;
  }

  @Override
  public String upload(String name, byte[] bytes, String contentType) throws IOException {
    String key = prefix + name;
    String uri = bucket.uri(key);
    try {
      ObjectAddress unused = ObjectAddress.parse(uri);
    } catch (IllegalArgumentException e) {
      throw new RejectedNameException("its address " + e.getMessage());
    }
    try {
      String unused = bucket.replace(key, bytes, Optional.empty());
    } catch (ObjectStoreException e) {
      if (e.reason() != Reason.CONFLICT) {
        throw e;
      }
      if (!isSame(key, bytes)) {
        throw RejectedNameException.occupied(uri);
      }
    }
    return uri;
  }

  @Override
  public void close() {
    bucket.close();
  }

  private boolean isSame(String key, byte[] bytes) throws IOException {
    try (InputStream there = bucket.open(key)) {
      // One more byte than is expected tells of a longer one, whatever its length.
      return Arrays.equals(there.readNBytes(bytes.length + 1), bytes);
    }
  }
}
