package io.stillstream.runtime.http;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Queue;
import java.util.concurrent.LinkedBlockingQueue;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.util.IteratingCallback;

/**
 * One reader of a stream: a bounded queue of events, written one after another without a thread.
 */
final class EventStreamSubscriber extends IteratingCallback {
  private static final byte[] END = {};
  private static final byte[] COMMENT = ":\n\n".getBytes(US_ASCII);

  private final Response response;
  private final Callback callback;
  private final Queue<byte[]> waiting;

  /**
   * @param callback completed when the reader is served or gone
   * @param longestQueue most events that wait
   */
  EventStreamSubscriber(Response response, Callback callback, int longestQueue) {
    this.response = response;
    this.callback = callback;
    this.waiting = new LinkedBlockingQueue<>(longestQueue);
  }

  /**
   * Begins the response.
   *
   * @param silence after that a comment is sent
   */
  void begin(Duration silence) {
    HttpFields.Mutable headers = response.getHeaders();
    headers.put(HttpHeader.CONTENT_TYPE, "text/event-stream; charset=utf-8");
    headers.put(HttpHeader.CACHE_CONTROL, "no-store");
    headers.put("X-Content-Type-Options", "nosniff");
    // Nginx would collect events until a buffer is full.
    headers.put("X-Accel-Buffering", "no");
    Request request = response.getRequest();
    request
        .getConnectionMetaData()
        .getConnection()
        .getEndPoint()
        .setIdleTimeout(silence.toMillis());
    request.addIdleTimeoutListener(timeout -> !offer(COMMENT));
  }

  /** Gives it an event; if it is too far behind, closes its connection and returns false. */
  boolean offer(byte[] event) {
    boolean taken = waiting.offer(event);
    if (taken) {
      iterate();
    } else {
      ClientDeadline.close(response.getRequest(), "the reader is too slow");
    }
    return taken;
  }

  /** Ends the response after what waits; if too much does, ends it at once. */
  void end() {
    offer(END);
  }

  @Override
  protected Action process() {
    byte[] event = waiting.poll();
    if (event == null) {
      return Action.IDLE;
    }
    if (event == END) {
      return Action.SUCCEEDED;
    }
    response.write(false, ByteBuffer.wrap(event), this);
    return Action.SCHEDULED;
  }

  @Override
  protected void onCompleteSuccess() {
    callback.succeeded();
  }

  @Override
  protected void onCompleteFailure(Throwable cause) {
    callback.failed(cause);
  }
}
