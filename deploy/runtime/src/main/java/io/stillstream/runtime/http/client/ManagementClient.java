package io.stillstream.runtime.http.client;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.stillstream.runtime.config.StartupException;
import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandler;
import java.net.http.HttpTimeoutException;
import java.nio.channels.UnresolvedAddressException;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.util.Base64;
import java.util.Optional;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;

/** Asks a service's management port. Follows no redirects. Safe for several threads. */
public final class ManagementClient {
  private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(2);
  private static final JsonMapper JSON = new JsonMapper();

  private final String root;
  private final Optional<String> authorization;
  private final HttpClient client;

  /**
   * @param certificatesKey of the setting or option that names the certificates
   * @throws StartupException naming that key, if they cannot be read
   */
  public ManagementClient(ManagementAddress address, String certificatesKey) {
    this.root = address.root();
    this.authorization =
        address
            .user()
            .map(user -> user + ":" + address.password().orElseThrow())
            .map(pair -> "Basic " + Base64.getEncoder().encodeToString(pair.getBytes(UTF_8)));
    HttpClient.Builder builder =
        HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(CONNECT_TIMEOUT);
    address
        .certificates()
        .map(file -> TrustedAuthorities.read(certificatesKey, file))
        .ifPresent(
            trusted -> {
              try {
                SSLContext context = SSLContext.getInstance("TLS");
                context.init(null, trusted, null);
                builder.sslContext(context);
              } catch (GeneralSecurityException e) {
                throw new IllegalStateException("every Java has TLS", e);
              }
            });
    this.client = builder.build();
  }

  /** The URL that paths are put behind. */
  public String root() {
    return root;
  }

  /**
   * A request, with user and password where there are any.
   *
   * @param path begins with a slash
   * @param limit for the head of the answer
   */
  public HttpRequest.Builder request(String path, Duration limit) {
    HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(root + path)).timeout(limit);
    authorization.ifPresent(value -> request.header("Authorization", value));
    return request;
  }

  /**
   * Sends a request.
   *
   * @throws IOException naming the URL, if there is no answer
   */
  public <T> HttpResponse<T> send(HttpRequest.Builder request, BodyHandler<T> body)
      throws IOException, InterruptedException {
    try {
      return client.send(request.build(), body);
    } catch (IOException e) {
      throw new IOException(root + " gives no answer: " + reason(e), e);
    }
  }

  /** Java's own messages of these are mostly empty, or mean nothing to an operator. */
  private static String reason(IOException e) {
    if (e instanceof HttpConnectTimeoutException) {
      return "no connection in time; is the host right?";
    }
    if (e instanceof HttpTimeoutException) {
      return "it took too long; is the service busy, or still starting?";
    }
    for (Throwable cause = e; cause != null; cause = cause.getCause()) {
      if (cause instanceof UnresolvedAddressException) {
        return "the host is unknown";
      }
    }
    if (e instanceof ConnectException) {
      return "connection refused; does the service run?";
    }
    if (e instanceof SSLException) {
      return "TLS failed: " + e.getMessage();
    }
    String message = e.getMessage();
    return message == null || message.isBlank() ? "the connection broke" : message;
  }

  /** The service's own words in the body of a refusal; empty if it is no service that speaks. */
  public static String error(byte[] body) {
    try {
      JsonNode json = JSON.readTree(body);
      return json.path("error").asText();
    } catch (IOException e) {
      return "";
    }
  }
}
