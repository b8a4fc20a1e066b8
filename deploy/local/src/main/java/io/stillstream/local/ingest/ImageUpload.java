package io.stillstream.local.ingest;

import io.stillstream.local.exit.CommandFailedException;
import io.stillstream.local.objects.ObjectUploader;
import io.stillstream.local.objects.RejectedNameException;
import io.stillstream.schemas.values.ByteArrays;
import io.stillstream.schemas.values.Sha256;
import java.io.IOException;
import java.util.concurrent.Semaphore;

/** Puts images into a store when they are read, so that events only say where they are. */
final class ImageUpload {
  private static final int UNIT = 1024;

  /** The image is in memory twice while it is sent. */
  private static final int COPIES = 2;

  private final ObjectUploader store;
  private final String sourceName;
  private final int units;
  private final Semaphore memory;

  /**
   * @param sourceName begins the names of the objects, as it begins the ids of the images
   * @param memoryBytes of images that are read at the same time; a larger one is read alone
   */
  ImageUpload(ObjectUploader store, String sourceName, long memoryBytes) {
    this.store = store;
    this.sourceName = sourceName;
    this.units = (int) Math.min(Integer.MAX_VALUE, Math.max(1, memoryBytes / UNIT));
    this.memory = new Semaphore(units);
  }

  /** The same item; to read it is to upload it. */
  IngestItem of(IngestItem item) {
    return new IngestItem(item.name(), item.label(), () -> upload(item));
  }

  private IngestItem.Encoded upload(IngestItem item) throws UnreadableImageException {
    int share = (int) Math.min(units, COPIES * item.content().bytes() / UNIT + 1);
    try {
      memory.acquire(share);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new CommandFailedException("interrupted", e);
    }
    try {
      IngestItem.Encoded image = item.content().read();
      byte[] bytes = ByteArrays.copyOf(image.payload());
      String uri = store.upload(sourceName + "/" + item.name(), bytes, image.contentType());
      return IngestItem.Encoded.byReference(
          image.contentType(),
          new IngestItem.Location(uri, (long) bytes.length, Sha256.hex(bytes)),
          image.mask());
    } catch (RejectedNameException e) {
      throw new UnreadableImageException(e.getMessage());
    } catch (IOException e) {
      throw new CommandFailedException(
          "the upload failed, --resume goes on after what was sent: " + e.getMessage(), e);
    } finally {
      memory.release(share);
    }
  }
}
