package io.stillstream.runtime.http;

import ch.qos.logback.classic.Level;
import io.stillstream.runtime.config.StartupException;
import java.io.IOException;
import java.net.InetSocketAddress;
import org.eclipse.jetty.http.UriCompliance;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.server.SslConnectionFactory;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Binds the port that the settings ask for. */
final class ManagementConnector {
  private static final Logger LOG = LoggerFactory.getLogger(ManagementConnector.class);

  /** Between requests, and for their heads; bodies and answers have their own limits. */
  private static final int IDLE_MILLIS = 60_000;

  private ManagementConnector() {}

  /**
   * A connector that is bound, and not started.
   *
   * @throws StartupException if host and port cannot be bound, or the certificate is not good
   */
  static ServerConnector open(Server server, ManagementSettings settings) {
    InetSocketAddress address = new InetSocketAddress(settings.host(), settings.port());
    if (address.isUnresolved()) {
      throw new StartupException("management.host: unknown host " + settings.host());
    }
    if (settings.basic().isPresent()
        && settings.tls().isEmpty()
        && !address.getAddress().isLoopbackAddress()) {
      LOG.atWarn()
          .addKeyValue("host", settings.host())
          .log("management.basic without management.tls: its password goes over the wire as it is");
    }
    hidePasswords();
    HttpConnectionFactory http = new HttpConnectionFactory(configuration());
    // Before anything is bound: what is wrong with the certificate leaves no socket behind.
    ServerConnector connector =
        settings
            .tls()
            .map(tls -> new ServerConnector(server, 1, 1, tls(tls, http), http))
            .orElseGet(() -> new ServerConnector(server, 1, 1, http));
    connector.setHost(settings.host());
    connector.setPort(settings.port());
    connector.setIdleTimeout(IDLE_MILLIS);
    try {
      connector.open();
      return connector;
    } catch (IOException e) {
      Throwable reason = e.getCause() == null ? e : e.getCause();
      throw new StartupException(
          "management.port: cannot listen on "
              + settings.host()
              + ":"
              + settings.port()
              + ", "
              + reason.getMessage(),
          e);
    }
  }

  /** At DEBUG, Jetty logs headers and buffers as they stand, and so the user's password. */
  private static void hidePasswords() {
    if (LoggerFactory.getLogger("org.eclipse.jetty") instanceof ch.qos.logback.classic.Logger jetty
        && jetty.isDebugEnabled()) {
      jetty.setLevel(Level.INFO);
    }
  }

  private static HttpConfiguration configuration() {
    HttpConfiguration configuration = new HttpConfiguration();
    configuration.setSendServerVersion(false);
    // Paths are compared as they stand: what looks like another path is an unknown one.
    configuration.setUriCompliance(UriCompliance.UNSAFE);
    return configuration;
  }

  private static SslConnectionFactory tls(ManagementSettings.Tls tls, HttpConnectionFactory next) {
    SslConnectionFactory factory =
        new SslConnectionFactory(new ReloadingSslContext(tls), next.getProtocol());
    // It would refuse clients that use another name than the certificate's, such as probes.
    factory.setEnsureSecureRequestCustomizer(false);
    return factory;
  }
}
