package io.stillstream.runtime.http;

import java.time.Duration;
import java.util.Optional;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.server.handler.QoSHandler;
import org.eclipse.jetty.util.Callback;

/**
 * Lets a bounded number of requests through at a time; others wait, in order, without a thread.
 * With too many waiting, or waiting for too long, the answer is 503.
 */
final class RequestQueue extends QoSHandler {
  private static final String ATTRIBUTE = RequestQueue.class.getName();
  private static final String REFUSAL = "too many requests are waiting";

  private final Limits limits;

  /**
   * What clients are allowed.
   *
   * @param requests most at a time
   * @param waiting most that wait
   * @param patience how long one waits before it is refused
   * @param pressed how long a client may hold its place while a request waits
   * @param limit how long it may hold its place otherwise
   */
  record Limits(int requests, int waiting, Duration patience, Duration pressed, Duration limit) {}

  RequestQueue(Limits limits, Handler next) {
    super(next);
    this.limits = limits;
    setMaxRequestCount(limits.requests());
    setMaxSuspendedRequestCount(limits.waiting());
    setMaxSuspend(limits.patience());
  }

  /** The queue that has let the request through; empty if it did not have to wait. */
  static Optional<RequestQueue> of(Request request) {
    return Optional.ofNullable((RequestQueue) request.getAttribute(ATTRIBUTE));
  }

  /** How long a client may hold its place now. */
  Duration allowed() {
    return getSuspendedRequestCount() > 0 ? limits.pressed() : limits.limit();
  }

  @Override
  protected boolean onConditionsNotMet(Request request, Response response, Callback callback)
      throws Exception {
    return super.nextHandler(request, response, callback);
  }

  @Override
  protected boolean nextHandler(Request request, Response response, Callback callback)
      throws Exception {
    request.setAttribute(ATTRIBUTE, this);
    return super.nextHandler(request, response, callback);
  }

  @Override
  protected void reject(Request request, Response response, Callback callback, int status) {
    HttpResponses.error(request, response, callback, status, REFUSAL);
  }

  @Override
  protected void expireSuspended(Request request, Response response, Callback callback) {
    HttpResponses.error(request, response, callback, getRejectStatusCode(), REFUSAL);
  }
}
