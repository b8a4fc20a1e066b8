package io.stillstream.runtime.http;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;

/**
 * A stream of server-sent events that the management port keeps open for a bounded number of
 * readers. Publishing never waits: a reader that lets events pile up is dropped, and a browser then
 * comes back by itself.
 */
public final class EventStream implements AutoCloseable {
  private static final int LONGEST_QUEUE = 64;

  /** Proxies close what is silent for half a minute or a minute. */
  private static final Duration SILENCE = Duration.ofSeconds(15);

  private final String path;
  private final int mostReaders;
  private final Supplier<Optional<List<byte[]>>> welcome;
  private final int longestQueue;
  private final Duration silence;
  private final Set<EventStreamSubscriber> readers = ConcurrentHashMap.newKeySet();
  private boolean closed;

  /**
   * @param path begins with a slash
   * @param mostReaders the next one is answered with 503
   * @param welcome events that a new reader gets before all others, made by {@link #event}; while
   *     it is empty, there is nothing to read yet, and the answer is 503. It must not wait
   */
  public EventStream(String path, int mostReaders, Supplier<Optional<List<byte[]>>> welcome) {
    this(path, mostReaders, welcome, LONGEST_QUEUE, SILENCE);
  }

  EventStream(
      String path,
      int mostReaders,
      Supplier<Optional<List<byte[]>>> welcome,
      int longestQueue,
      Duration silence) {
    this.path = path;
    this.mostReaders = mostReaders;
    this.welcome = welcome;
    this.longestQueue = longestQueue;
    this.silence = silence;
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
  public int subscribers() {
    return readers.size();
  }

  /** Sends an event to all who read. Arrays are shared, not copied. */
  public synchronized void publish(byte[] event) {
    readers.removeIf(reader -> !reader.offer(event));
  }

  /** Takes a reader on, whose response then stays open; or answers with 503. */
  synchronized void subscribe(Request request, Response response, Callback callback) {
    Optional<List<byte[]>> first = Optional.empty();
    String refusal = "starting";
    if (closed) {
      refusal = "stopping";
    } else if (readers.size() >= mostReaders) {
      refusal = "there are " + mostReaders + " readers already";
    } else {
      // Under the lock: what is published from now on comes after it, and none of it is lost.
      first = welcome.get();
    }
    if (first.isEmpty()) {
      HttpResponses.error(request, response, callback, 503, refusal);
      return;
    }
    EventStreamSubscriber reader = new EventStreamSubscriber(response, callback, longestQueue);
    readers.add(reader);
    Request.addCompletionListener(request, failure -> readers.remove(reader));
    reader.begin(silence);
    ByteArrayOutputStream events = new ByteArrayOutputStream();
    first.get().forEach(events::writeBytes);
    reader.offer(events.toByteArray());
  }

  /** Lets all readers go. */
  @Override
  public synchronized void close() {
    closed = true;
    readers.forEach(EventStreamSubscriber::end);
    readers.clear();
  }
}
