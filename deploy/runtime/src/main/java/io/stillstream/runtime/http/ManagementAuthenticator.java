package io.stillstream.runtime.http;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.stillstream.schemas.values.Sha256;
import java.security.MessageDigest;
import java.util.Base64;
import java.util.Optional;
import java.util.Set;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;

/** Passes on the requests of the one user that the settings name, and answers others with 401. */
final class ManagementAuthenticator extends Handler.Wrapper {
  private static final Set<String> HEALTH = Set.of("/health/live", "/health/ready");
  private static final String SCHEME = "Basic ";

  private final Optional<ManagementSettings.Basic> settings;
  private final byte[] expected;

  ManagementAuthenticator(Optional<ManagementSettings.Basic> settings, Handler next) {
    super(next);
    this.settings = settings;
    this.expected =
        settings
            .map(basic -> (basic.user() + ":" + basic.password()).getBytes(UTF_8))
            .map(pair -> Sha256.bytes(Base64.getEncoder().encodeToString(pair)))
            .orElse(new byte[0]);
  }

  @Override
  public boolean handle(Request request, Response response, Callback callback) throws Exception {
    boolean open =
        settings.isPresent()
            && settings.get().openHealth()
            && HEALTH.contains(request.getHttpURI().getPath());
    if (open || isAuthenticated(request)) {
      return super.handle(request, response, callback);
    }
    response
        .getHeaders()
        .put(HttpHeader.WWW_AUTHENTICATE, "Basic realm=\"stillstream\", charset=\"UTF-8\"");
    HttpResponses.error(request, response, callback, 401, "user and password are needed");
    return true;
  }

  /** Whether the request shows the user's password; always, where there is no user. */
  boolean isAuthenticated(Request request) {
    if (settings.isEmpty()) {
      return true;
    }
    String shown = request.getHeaders().get(HttpHeader.AUTHORIZATION);
    // Digests are of one length, and compared in constant time: how long it takes tells nothing.
    return shown != null
        && shown.regionMatches(true, 0, SCHEME, 0, SCHEME.length())
        && MessageDigest.isEqual(expected, Sha256.bytes(shown.substring(SCHEME.length()).strip()));
  }
}
