package io.stillstream.augmenter.fetch.prefetch;

import io.stillstream.augmenter.fetch.ObjectReference;
import io.stillstream.augmenter.fetch.ObjectRoom;
import io.stillstream.augmenter.fetch.ObjectSource;
import io.stillstream.augmenter.fetch.RejectedObjectException;
import io.stillstream.augmenter.fetch.UnavailableObjectException;
import io.stillstream.augmenter.metrics.FetchMetrics;
import java.time.Duration;
import java.util.concurrent.CancellationException;

/** A source whose reads are measured, and for which room is asked as early as possible. */
final class MeasuredSource implements AutoCloseable {
  private final ObjectSource source;
  private final FetchMetrics metrics;

  MeasuredSource(ObjectSource source, FetchMetrics metrics) {
    this.source = source;
    this.metrics = metrics;
  }

  /**
   * Reads an object as {@link ObjectSource#read} does. Room for a size that the reference names is
   * asked before the request.
   */
  FetchedObject read(ObjectReference reference, ObjectRoom room) throws InterruptedException {
    if (reference.size().isPresent()) {
      room.reserve(reference.size().getAsLong());
    }
    MeasuredRoom measured = new MeasuredRoom(room);
    long start = System.nanoTime();
    String result = "failed";
    try {
      byte[] bytes = source.read(reference, measured);
      measured.reserve(bytes.length);
      result = "ok";
      return FetchedObject.of(reference, bytes);
    } catch (RejectedObjectException e) {
      result = e.reason().tag();
      throw e;
    } catch (UnavailableObjectException e) {
      result = "unavailable";
      throw e;
    } finally {
      metrics.fetched(
          measured.denied ? "cancelled" : result,
          Duration.ofNanos(System.nanoTime() - start - measured.waited));
    }
  }

  @Override
  public void close() {
    source.close();
  }

  /** For one read. */
  private static final class MeasuredRoom implements ObjectRoom {
    private final ObjectRoom room;
    private long waited;
    private boolean denied;

    MeasuredRoom(ObjectRoom room) {
      this.room = room;
    }

    @Override
    public void reserve(long bytes) throws InterruptedException {
      long start = System.nanoTime();
      try {
        room.reserve(bytes);
      } catch (CancellationException e) {
        denied = true;
        throw e;
      } finally {
        waited += System.nanoTime() - start;
      }
    }
  }
}
