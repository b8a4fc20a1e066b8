package io.stillstream.local.objects;

import io.stillstream.augmenter.fetch.FetchSettings;
import io.stillstream.augmenter.fetch.ObjectReference;
import io.stillstream.augmenter.fetch.ObjectSource;
import io.stillstream.augmenter.fetch.source.ObjectSources;
import io.stillstream.local.exit.CommandFailedException;
import io.stillstream.schemas.ImageEvent;
import java.nio.ByteBuffer;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalLong;

/** Completes image events that only say where their image is. For one thread. */
public final class PayloadFetcher implements AutoCloseable {
  private final ObjectSource source;
  private Optional<FetchedObject> latest = Optional.empty();

  /** Kept, as the views of an image come one after another. */
  private record FetchedObject(ObjectReference reference, ByteBuffer bytes) {}

  /** Reads objects as an augmenter with these settings does. */
  public PayloadFetcher(FetchSettings settings) {
    this(ObjectSources.open(settings));
  }

  /**
   * @param source closed with this
   */
  PayloadFetcher(ObjectSource source) {
    this.source = source;
  }

  /**
   * The event with the bytes of its image; itself if it has them.
   *
   * @param sha256 that the object must have; if it is empty, that of the event
   * @throws io.stillstream.augmenter.fetch.RejectedObjectException if the object is gone, is
   *     another one, is too large or not allowed
   * @throws io.stillstream.augmenter.fetch.UnavailableObjectException if its store is away
   */
  public ImageEvent complete(ImageEvent event, Optional<String> sha256) {
    if (event.getPayloadUri() == null) {
      return event;
    }
    Long size = event.getPayloadSize();
    ObjectReference reference =
        new ObjectReference(
            event.getPayloadUri(),
            size == null ? OptionalLong.empty() : OptionalLong.of(size),
            sha256
                .or(() -> Optional.ofNullable(event.getPayloadSha256()))
                .map(digits -> digits.toLowerCase(Locale.ROOT)));
    return ImageEvent.newBuilder(event).setPayload(read(reference)).build();
  }

  @Override
  public void close() {
    source.close();
  }

  private ByteBuffer read(ObjectReference reference) {
    if (latest.isEmpty() || !latest.get().reference().equals(reference)) {
      latest = Optional.empty();
      try {
        latest = Optional.of(new FetchedObject(reference, ByteBuffer.wrap(source.read(reference))));
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new CommandFailedException("interrupted", e);
      }
    }
    return latest.get().bytes().duplicate();
  }
}
