package io.stillstream.augmenter.fetch.source;

import io.stillstream.augmenter.fetch.FetchSettings;
import io.stillstream.augmenter.fetch.ObjectAddress;
import io.stillstream.augmenter.fetch.ObjectRejection;
import io.stillstream.augmenter.fetch.RejectedObjectException;
import io.stillstream.augmenter.fetch.UnavailableObjectException;
import java.io.IOException;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.SocketException;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.hc.client5.http.DnsResolver;
import org.apache.hc.client5.http.classic.methods.HttpGet;
import org.apache.hc.client5.http.impl.classic.CloseableHttpClient;
import org.apache.hc.core5.http.ClassicHttpResponse;
import org.apache.hc.core5.http.Header;
import org.apache.hc.core5.http.HttpEntity;
import org.apache.hc.core5.http.NoHttpResponseException;
import org.apache.hc.core5.io.CloseMode;

/**
 * Reads objects by HTTP and HTTPS. A redirect is followed at most {@value #MOST_REDIRECTS} times,
 * to addresses that the settings allow.
 */
final class HttpObjectReader implements SchemeReader {
  static final int MOST_REDIRECTS = 3;

  private final AllowList allowed;
  private final CloseableHttpClient client;
  private final long timeoutNanos;
  private final String timedOut;
  private final ScheduledThreadPoolExecutor deadlines;

  /**
   * @param names resolves the names of hosts
   */
  HttpObjectReader(FetchSettings settings, AllowList allowed, DnsResolver names) {
    this.allowed = allowed;
    this.client = ObjectHttpClientFactory.open(settings, new CheckedDnsResolver(names, allowed));
    this.timeoutNanos = settings.timeout().toNanos();
    this.timedOut = "it takes longer than " + settings.timeout().toMillis() + " ms";
    this.deadlines = new ScheduledThreadPoolExecutor(1, HttpObjectReader::thread);
    deadlines.setRemoveOnCancelPolicy(true);
  }

  private static Thread thread(Runnable run) {
    Thread thread = new Thread(run, "fetch-deadlines");
    thread.setDaemon(true);
    return thread;
  }

  @Override
  public byte[] read(ObjectAddress address, SizeLimit limit)
      throws RefusedObjectException, InterruptedException {
    return follow(
        address,
        response -> {
          HttpEntity entity = response.getEntity();
          if (entity == null) {
            limit.check(address, 0);
            return new byte[0];
          }
          // At its end the connection becomes free for the next request.
          return limit.read(address, entity.getContent(), entity.getContentLength());
        });
  }

  @Override
  public void probe(ObjectAddress address) throws RefusedObjectException, InterruptedException {
    follow(address, response -> new byte[0]);
  }

  private byte[] follow(ObjectAddress first, Body body)
      throws RefusedObjectException, InterruptedException {
    long deadline = System.nanoTime() + timeoutNanos;
    ObjectAddress address = first;
    for (int redirects = 0; ; redirects++) {
      Answer answer = request(first, address, body, deadline);
      if (answer.redirect() == null) {
        return answer.bytes();
      }
      if (redirects == MOST_REDIRECTS) {
        throw notAllowed(first, "redirects more than " + MOST_REDIRECTS + " times");
      }
      address = answer.redirect();
    }
  }

  private Answer request(ObjectAddress first, ObjectAddress address, Body body, long deadline)
      throws RefusedObjectException, InterruptedException {
    HttpGet get = new HttpGet(address.toUri());
    AtomicBoolean late = new AtomicBoolean();
    ScheduledFuture<?> abort = abort(get, late, deadline);
    try {
      return answer(first, address, send(get), body);
    } catch (IOException | IllegalStateException e) {
      if (Thread.interrupted()) {
        throw new InterruptedException("while " + first + " was read");
      }
      String reason = late.get() ? timedOut : HttpFailures.text(e);
      throw new UnavailableObjectException("%s cannot be read: %s".formatted(address, reason), e);
    } finally {
      abort.cancel(false);
      // Ends a connection whose answer is not read to its end; to close the answer would read it.
      get.cancel();
    }
  }

  private ScheduledFuture<?> abort(HttpGet get, AtomicBoolean late, long deadline) {
    Runnable abort =
        () -> {
          late.set(true);
          get.cancel();
        };
    try {
      return deadlines.schedule(abort, deadline - System.nanoTime(), TimeUnit.NANOSECONDS);
    } catch (RejectedExecutionException e) {
      throw new UnavailableObjectException("no object is read any more: the service stops", e);
    }
  }

  /** Sends it once more if the server closes a kept connection meanwhile, which is no fault. */
  private ClassicHttpResponse send(HttpGet get) throws IOException {
    try {
      return client.executeOpen(null, get, null);
    } catch (ConnectException | NoRouteToHostException e) {
      throw e;
    } catch (NoHttpResponseException | SocketException e) {
      return client.executeOpen(null, get, null);
    }
  }

  private Answer answer(
      ObjectAddress first, ObjectAddress address, ClassicHttpResponse response, Body body)
      throws IOException, RefusedObjectException {
    int status = response.getCode();
    return switch (status) {
      case 200 -> new Answer(body.read(response), null);
      case 301, 302, 303, 307, 308 -> new Answer(null, target(first, address, response));
      case 404, 410 ->
          throw new RejectedObjectException(
              ObjectRejection.NOT_FOUND, "%s is not there: status %d".formatted(address, status));
      case 408, 425, 429 -> throw unavailable(address, status);
      default -> {
        if (status >= 500) {
          throw unavailable(address, status);
        }
        throw new RefusedObjectException(
            "%s is not given out: status %d".formatted(address, status), null);
      }
    };
  }

  private ObjectAddress target(
      ObjectAddress first, ObjectAddress address, ClassicHttpResponse response) {
    Header location = response.getFirstHeader("Location");
    if (location == null) {
      throw notAllowed(first, "redirects to nowhere");
    }
    ObjectAddress target;
    try {
      target = address.resolve(location.getValue());
    } catch (IllegalArgumentException e) {
      throw notAllowed(first, "redirects to an address that " + e.getMessage());
    }
    if (!target.isWeb()) {
      throw notAllowed(first, "redirects to " + target);
    }
    try {
      allowed.covering(target);
    } catch (RejectedObjectException e) {
      throw notAllowed(first, "redirects: " + e.getMessage());
    }
    return target;
  }

  private static RejectedObjectException notAllowed(ObjectAddress address, String does) {
    return new RejectedObjectException(ObjectRejection.NOT_ALLOWED, address + " " + does);
  }

  private static UnavailableObjectException unavailable(ObjectAddress address, int status) {
    return new UnavailableObjectException(
        "%s cannot be read: status %d".formatted(address, status), null);
  }

  @Override
  public void close() {
    client.close(CloseMode.IMMEDIATE);
    deadlines.shutdownNow();
  }

  /** What is done with an answer of status 200. */
  private interface Body {
    byte[] read(ClassicHttpResponse response) throws IOException;
  }

  /** Either the bytes or where they are instead. */
  @SuppressWarnings("ArrayRecordComponent") // read once, never compared
  private record Answer(byte[] bytes, ObjectAddress redirect) {}
}
