package io.stillstream.runtime.http;

import static java.nio.charset.StandardCharsets.US_ASCII;

import com.sun.net.httpserver.HttpExchange;
import java.io.IOException;
import java.io.OutputStream;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One reader of a feed, written to by a thread of its own. */
final class EventStreamSubscriber implements Runnable {
  private static final Logger LOG = LoggerFactory.getLogger(EventStreamSubscriber.class);
  private static final byte[] END = {};
  private static final byte[] COMMENT = ":\n\n".getBytes(US_ASCII);

  private final HttpExchange exchange;
  private final List<byte[]> welcome;
  private final int silenceSeconds;
  private final BlockingQueue<byte[]> waiting;
  private Thread thread;
  private boolean dropped;

  EventStreamSubscriber(
      HttpExchange exchange, List<byte[]> welcome, int longestQueue, int silenceSeconds) {
    this.exchange = exchange;
    this.welcome = welcome;
    this.silenceSeconds = silenceSeconds;
    this.waiting = new LinkedBlockingQueue<>(longestQueue);
  }

  /** Gives it an event; if it is too far behind, drops it and returns false. */
  boolean offer(byte[] event) {
    if (waiting.offer(event)) {
      return true;
    }
    LOG.atDebug().log("a reader is too slow and is dropped");
    drop();
    return false;
  }

  /** Ends the response after what waits; if too much does, ends it at once. */
  void end() {
    if (!waiting.offer(END)) {
      drop();
    }
  }

  /** Ends it, also in the middle of a write: an interrupt closes the socket that a thread is at. */
  private synchronized void drop() {
    dropped = true;
    if (thread != null) {
      thread.interrupt();
    }
  }

  private synchronized boolean begin() {
    thread = Thread.currentThread();
    return !dropped;
  }

  @Override
  public void run() {
    try (exchange) {
      if (!begin()) {
        return;
      }
      exchange.getResponseHeaders().set("Content-Type", "text/event-stream; charset=utf-8");
      exchange.getResponseHeaders().set("Cache-Control", "no-store");
      exchange.getResponseHeaders().set("X-Content-Type-Options", "nosniff");
      // Nginx would collect events until a buffer is full.
      exchange.getResponseHeaders().set("X-Accel-Buffering", "no");
      exchange.sendResponseHeaders(200, 0);
      write(exchange.getResponseBody());
    } catch (IOException e) {
      LOG.atDebug().setCause(e).log("a reader has gone");
    }
  }

  private void write(OutputStream out) throws IOException {
    for (byte[] event : welcome) {
      out.write(event);
    }
    out.flush();
    try {
      byte[] event = waiting.poll(silenceSeconds, TimeUnit.SECONDS);
      while (event == null || event.length > 0) {
        out.write(event == null ? COMMENT : event);
        // Several that wait become one packet.
        byte[] next = waiting.poll();
        if (next == null) {
          out.flush();
          next = waiting.poll(silenceSeconds, TimeUnit.SECONDS);
        }
        event = next;
      }
    } catch (InterruptedException e) {
      // To end the response in order could mean to wait for it once more.
      Thread.currentThread().interrupt();
    }
  }
}
