package io.stillstream.runtime.http;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.sun.net.httpserver.HttpExchange;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * A stream of server-sent events that the management port keeps open for a bounded number of
 * readers, one thread each. Whoever publishes never waits: a reader that lets events pile up is
 * dropped, and a browser then comes back by itself.
 */
public final class EventStream implements AutoCloseable {
  private static final int LONGEST_QUEUE = 64;

  /** Proxies close what is silent for half a minute or a minute. */
  private static final int SILENCE_SECONDS = 15;

  private final String path;
  private final int mostReaders;
  private final Supplier<Optional<List<byte[]>>> welcome;
  private final int longestQueue;
  private final List<EventStreamSubscriber> readers = new ArrayList<>();
  private boolean closed;

  /**
   * @param path begins with a slash; threads are called after it, {@code /a/b} gives {@code a-b}
   * @param mostReaders the next one is answered with 503
   * @param welcome events that a new reader gets before all others, made by {@link #event}; while
   *     it is empty, there is nothing to read yet, and the answer is 503. It must not wait
   */
  public EventStream(String path, int mostReaders, Supplier<Optional<List<byte[]>>> welcome) {
    this(path, mostReaders, welcome, LONGEST_QUEUE);
  }

  EventStream(
      String path, int mostReaders, Supplier<Optional<List<byte[]>>> welcome, int longestQueue) {
    this.path = path;
    this.mostReaders = mostReaders;
    this.welcome = welcome;
    this.longestQueue = longestQueue;
  }

  /**
   * An event.
   *
   * @param json one line
   */
  public static byte[] event(String name, String json) {
    return ("event: " + name + "\ndata: " + json + "\n\n").getBytes(UTF_8);
  }

  public String path() {
    return path;
  }

  /** How many read now. */
  public synchronized int subscribers() {
    return readers.size();
  }

  /** Sends an event to all who read. Arrays are shared, not copied. */
  public synchronized void publish(byte[] event) {
    readers.removeIf(reader -> !reader.offer(event));
  }

  /**
   * Takes a reader on, whose exchange then stays open.
   *
   * @return why not; empty if it was
   */
  synchronized Optional<String> subscribe(HttpExchange exchange) throws IOException {
    if (closed || readers.size() >= mostReaders) {
      return Optional.of(closed ? "stopping" : "there are " + mostReaders + " readers already");
    }
    // Under the lock: what is published from now on comes after it, and none of it is lost.
    Optional<List<byte[]>> first = welcome.get();
    if (first.isEmpty()) {
      return Optional.of("starting");
    }
    EventStreamSubscriber reader =
        new EventStreamSubscriber(exchange, first.get(), longestQueue, SILENCE_SECONDS);
    readers.add(reader);
    Thread thread = new Thread(() -> serve(reader), path.substring(1).replace('/', '-'));
    thread.setDaemon(true);
    thread.start();
    return Optional.empty();
  }

  private void serve(EventStreamSubscriber reader) {
    try {
      reader.run();
    } finally {
      unsubscribe(reader);
    }
  }

  private synchronized void unsubscribe(EventStreamSubscriber reader) {
    readers.remove(reader);
  }

  /** Lets all readers go. */
  @Override
  public synchronized void close() {
    closed = true;
    readers.forEach(EventStreamSubscriber::end);
    readers.clear();
  }
}
