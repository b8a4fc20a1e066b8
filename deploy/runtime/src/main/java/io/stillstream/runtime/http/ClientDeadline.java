package io.stillstream.runtime.http;

import java.time.Duration;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.util.NanoTime;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How long a client may take to send a body, or to read its answer. Then its connection is closed;
 * the connection's idle timeout alone would let a client go on that sends a byte now and then. What
 * the service computes in between is not the client's time.
 */
final class ClientDeadline implements Runnable {
  private static final Logger LOG = LoggerFactory.getLogger(ClientDeadline.class);
  private static final String ATTRIBUTE = ClientDeadline.class.getName();

  /** For what does not wait in a queue. */
  private static final Duration LIMIT = Duration.ofSeconds(10);

  private static final int CHECK_MILLIS = 100;

  private final Request request;
  private long since;
  private boolean running;
  private boolean done;

  private ClientDeadline(Request request) {
    this.request = request;
  }

  /** From now on the server waits for the client. */
  static void begin(Request request) {
    ClientDeadline deadline = (ClientDeadline) request.getAttribute(ATTRIBUTE);
    if (deadline == null) {
      deadline = new ClientDeadline(request);
      request.setAttribute(ATTRIBUTE, deadline);
      Request.addCompletionListener(request, deadline::end);
      deadline.schedule();
    }
    deadline.set(true);
  }

  /** From now on the client waits for the service. */
  static void pause(Request request) {
    ((ClientDeadline) request.getAttribute(ATTRIBUTE)).set(false);
  }

  private synchronized void set(boolean running) {
    this.running = running;
    this.since = NanoTime.now();
  }

  private synchronized void end(Throwable failure) {
    done = true;
  }

  private synchronized void schedule() {
    if (done) {
      return;
    }
    try {
      request.getComponents().getScheduler().schedule(this, CHECK_MILLIS, TimeUnit.MILLISECONDS);
    } catch (RejectedExecutionException e) {
      LOG.atDebug().log("the endpoint stops, and closes all connections");
    }
  }

  @Override
  public void run() {
    if (isOver()) {
      close(request, "the client is too slow");
    } else {
      schedule();
    }
  }

  private synchronized boolean isOver() {
    Duration allowed = RequestQueue.of(request).map(RequestQueue::allowed).orElse(LIMIT);
    return running && !done && NanoTime.since(since) > allowed.toNanos();
  }

  /** Closes a request's connection, also in the middle of a write. */
  static void close(Request request, String reason) {
    request
        .getConnectionMetaData()
        .getConnection()
        .getEndPoint()
        .close(new TimeoutException(reason));
  }
}
