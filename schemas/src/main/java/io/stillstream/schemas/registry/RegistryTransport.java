package io.stillstream.schemas.registry;

import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.common.errors.InterruptException;

/**
 * Sends a request to one of the registry's URLs: tries each in turn if one is unavailable, and all
 * again after a wait. The URL that answered last is tried first. One that denies access counts as
 * unavailable, but if all of them do, there is no retry. Thread-safe.
 */
final class RegistryTransport {
  private static final String MEDIA_TYPE = "application/vnd.schemaregistry.v1+json";
  private static final Set<Integer> RETRIABLE = Set.of(408, 429, 500, 502, 503, 504);
  private static final Set<Integer> DENIED = Set.of(401, 403);

  /** The registry's answer. */
  record Response(int status, String body, RegistryEndpoint from) {}

  private final List<RegistryEndpoint> endpoints;
  private final RegistryCredentials credentials;
  private final HttpClient http;
  private final Duration readTimeout;
  private final Duration wholeTimeout;
  private final Backoff backoff;
  private volatile int preferred;

  RegistryTransport(SerdeConfig config, Backoff backoff) {
    this.endpoints = config.urls().stream().map(RegistryEndpoint::of).toList();
    this.credentials = RegistryCredentials.of(config);
    this.http = HttpClientFactory.of(config);
    this.readTimeout = config.millis(SerdeConfig.READ_TIMEOUT);
    this.wholeTimeout = readTimeout.plus(config.millis(SerdeConfig.CONNECT_TIMEOUT));
    this.backoff = backoff;
  }

  /**
   * Sends a GET for a path below the base URL, with its query.
   *
   * @throws RegistryUnavailableException when no URL answers after all retries, or all deny access
   */
  Response get(String path) {
    return exchange("GET", path, BodyPublishers.noBody());
  }

  /**
   * Sends a POST for a path below the base URL, with its query.
   *
   * @throws RegistryUnavailableException as {@link #get}
   */
  Response post(String path, String body) {
    return exchange("POST", path, BodyPublishers.ofString(body));
  }

  /**
   * Sends a PUT for a path below the base URL.
   *
   * @throws RegistryUnavailableException as {@link #get}
   */
  Response put(String path, String body) {
    return exchange("PUT", path, BodyPublishers.ofString(body));
  }

  private Response exchange(String method, String path, BodyPublisher body) {
    List<String> failures = new ArrayList<>();
    IOException cause = null;
    for (int attempt = 0; attempt <= backoff.retries(); attempt++) {
      if (attempt > 0) {
        backoff.await(attempt - 1);
      }
      failures.clear();
      int denials = 0;
      for (int i = 0, first = preferred; i < endpoints.size(); i++) {
        int index = (first + i) % endpoints.size();
        RegistryEndpoint endpoint = endpoints.get(index);
        try {
          HttpResponse<String> response = send(method, endpoint, path, body);
          int status = response.statusCode();
          if (DENIED.contains(status)) {
            denials++;
            failures.add(endpoint + " answered " + status + " to " + shown(endpoint));
          } else if (RETRIABLE.contains(status)) {
            failures.add(endpoint + " answered " + status);
          } else {
            preferred = index;
            return new Response(status, response.body(), endpoint);
          }
        } catch (IOException e) {
          cause = e;
          failures.add(endpoint + ": " + RegistryFailureMessages.describe(e));
        }
      }
      if (denials == endpoints.size()) {
        throw new RegistryUnavailableException(
            "Registry denies access: " + String.join("; ", failures));
      }
    }
    throw new RegistryUnavailableException(
        "Registry is unavailable after "
            + (backoff.retries() + 1)
            + " attempts: "
            + String.join("; ", failures),
        cause);
  }

  /** The source of the credentials, for messages. */
  private String shown(RegistryEndpoint endpoint) {
    return credentials
        .authorization(endpoint)
        .map(RegistryCredentials.Authorization::setting)
        .orElse("no credentials: neither basic.auth.* nor bearer.auth.* gives any");
  }

  private HttpResponse<String> send(
      String method, RegistryEndpoint endpoint, String path, BodyPublisher body)
      throws IOException {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(endpoint.resolve(path))
            .method(method, body)
            .timeout(readTimeout)
            .header("Accept", MEDIA_TYPE)
            .header("Content-Type", MEDIA_TYPE);
    credentials
        .authorization(endpoint)
        .ifPresent(authorization -> request.header("Authorization", authorization.header()));
    // The request's own time-out ends with the headers; a slow answer must end, too.
    CompletableFuture<HttpResponse<String>> answer =
        http.sendAsync(request.build(), BodyHandlers.ofString());
    try {
      return answer.get(wholeTimeout.toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException e) {
      answer.cancel(true);
      throw new IOException("no answer within " + wholeTimeout.toMillis() + " ms", e);
    } catch (ExecutionException e) {
      throw e.getCause() instanceof IOException io ? io : new IOException(e.getCause());
    } catch (InterruptedException e) {
      answer.cancel(true);
      throw new InterruptException(e);
    }
  }
}
