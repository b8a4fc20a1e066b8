package io.stillstream.local.ingest;

import io.stillstream.local.exit.CommandFailedException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

/** Reads items ahead on several threads, and hands them over in their order. For one thread. */
final class ContentPrefetcher implements AutoCloseable {
  private static final long PATIENCE_SECONDS = 30;

  private final Iterator<IngestItem> items;
  private final int ahead;
  private final ExecutorService threads;
  private final Deque<Future<IngestItem.Encoded>> reading = new ArrayDeque<>();

  /**
   * @param threads that read, at least 1
   */
  ContentPrefetcher(Iterator<IngestItem> items, int threads) {
    this.items = items;
    this.ahead = 2 * threads;
    this.threads = Executors.newFixedThreadPool(threads);
  }

  /**
   * What the next item holds; waits for it.
   *
   * @throws UnreadableImageException when it is no image that the pipeline takes
   * @throws java.util.NoSuchElementException after the last one
   */
  IngestItem.Encoded next() throws UnreadableImageException {
    while (reading.size() < ahead && items.hasNext()) {
      IngestItem.Content content = items.next().content();
      reading.addLast(threads.submit(content::read));
    }
    try {
      return reading.removeFirst().get();
    } catch (ExecutionException e) {
      if (e.getCause() instanceof UnreadableImageException unreadable) {
        throw unreadable;
      }
      if (e.getCause() instanceof CommandFailedException failed) {
        throw failed;
      }
      throw new CommandFailedException("an image could not be read: " + e.getCause(), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new CommandFailedException("interrupted", e);
    }
  }

  /** Ends the reading, so that what it uses may be closed. */
  @Override
  public void close() {
    threads.shutdownNow();
    try {
      boolean unused = threads.awaitTermination(PATIENCE_SECONDS, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
