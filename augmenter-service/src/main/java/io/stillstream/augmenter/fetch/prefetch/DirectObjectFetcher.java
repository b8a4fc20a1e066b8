package io.stillstream.augmenter.fetch.prefetch;

import io.stillstream.augmenter.fetch.ObjectReference;
import io.stillstream.augmenter.fetch.ObjectSource;
import io.stillstream.augmenter.fetch.UnavailableObjectException;
import io.stillstream.runtime.records.RecordCoordinates;

/** Fetches each object when its turn comes, on the calling thread. */
public final class DirectObjectFetcher implements ObjectFetcher {
  private final ObjectSource source;

  /**
   * @param source not closed here
   */
  public DirectObjectFetcher(ObjectSource source) {
    this.source = source;
  }

  @Override
  public FetchedObject fetch(RecordCoordinates at, ObjectReference reference) {
    try {
      return FetchedObject.of(reference, source.read(reference));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new UnavailableObjectException("interrupted while reading the object of " + at, e);
    }
  }

  @Override
  public void processed(RecordCoordinates at) {
    // Nothing is kept.
  }

  @Override
  public void revoked(int partition) {
    // Nothing is kept.
  }
}
