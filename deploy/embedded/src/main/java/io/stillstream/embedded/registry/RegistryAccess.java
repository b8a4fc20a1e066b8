package io.stillstream.embedded.registry;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.security.MessageDigest;
import java.util.Base64;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import javax.net.ssl.SSLContext;
import org.eclipse.jetty.http.UriCompliance;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.util.ssl.SslContextFactory;

/** Authentication and TLS of a development registry. Immutable. */
public final class RegistryAccess {
  private static final RegistryAccess OPEN = new RegistryAccess(Set.of(), Optional.empty(), false);

  /** Values of the header Authorization that are accepted; none means that every client is. */
  private final Set<String> admitted;

  private final Optional<SSLContext> tls;
  private final boolean certificates;

  private RegistryAccess(Set<String> admitted, Optional<SSLContext> tls, boolean certificates) {
    this.admitted = admitted;
    this.tls = tls;
    this.certificates = certificates;
  }

  /** All clients, by plain HTTP. */
  public static RegistryAccess open() {
    return OPEN;
  }

  /** This user, too, by basic authentication (RFC 7617); no longer all clients. */
  public RegistryAccess withUser(String user, String password) {
    byte[] pair = (user + ":" + password).getBytes(UTF_8);
    return admitting("Basic " + Base64.getEncoder().encodeToString(pair));
  }

  /** Also admits clients with this bearer token (RFC 6750); from then on no anonymous ones. */
  public RegistryAccess withToken(String token) {
    return admitting("Bearer " + token);
  }

  /** By HTTPS only, as {@code localhost}: the context's certificate must be for that name. */
  public RegistryAccess withTls(SSLContext context) {
    return new RegistryAccess(admitted, Optional.of(context), false);
  }

  /** By HTTPS only, and only with a certificate that the context trusts. */
  public RegistryAccess withMutualTls(SSLContext context) {
    return new RegistryAccess(admitted, Optional.of(context), true);
  }

  ServerConnector connector(Server server) {
    HttpConfiguration configuration = new HttpConfiguration();
    // Subjects may have a slash in their name.
    configuration.setUriCompliance(UriCompliance.UNSAFE);
    HttpConnectionFactory http = new HttpConnectionFactory(configuration);
    if (tls.isEmpty()) {
      return new ServerConnector(server, 1, 1, http);
    }
    SslContextFactory.Server ssl = new SslContextFactory.Server();
    ssl.setSslContext(tls.get());
    ssl.setNeedClientAuth(certificates);
    return new ServerConnector(server, ssl, http);
  }

  String url(int port) {
    return tls.isPresent() ? "https://localhost:" + port : "http://127.0.0.1:" + port;
  }

  /**
   * @param authorization the header of a request, or null
   * @throws RegistryException 401 if the client is not authenticated
   */
  void check(String authorization) {
    byte[] shown = (authorization == null ? "" : authorization).getBytes(UTF_8);
    if (!admitted.isEmpty()
        && admitted.stream().noneMatch(one -> MessageDigest.isEqual(one.getBytes(UTF_8), shown))) {
      throw new RegistryException(401, "Unauthorized");
    }
  }

  private RegistryAccess admitting(String authorization) {
    Set<String> more = new HashSet<>(admitted);
    more.add(authorization);
    return new RegistryAccess(Set.copyOf(more), tls, certificates);
  }
}
