package io.stillstream.runtime.http;

import com.sun.net.httpserver.HttpServer;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import io.stillstream.runtime.config.StartupException;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.security.GeneralSecurityException;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Binds the server that the settings ask for. */
final class HttpServerFactory {
  private static final Logger LOG = LoggerFactory.getLogger(HttpServerFactory.class);

  private HttpServerFactory() {}

  /**
   * A server that is bound, and not started.
   *
   * @throws StartupException if host and port cannot be bound, or the certificate is not good
   */
  static HttpServer bind(ManagementSettings settings) {
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
    // Before anything is bound: what is wrong with the certificate leaves no socket behind.
    SSLContext context = settings.tls().map(HttpServerFactory::context).orElse(null);
    try {
      if (context == null) {
        return HttpServer.create(address, 0);
      }
      HttpsServer server = HttpsServer.create(address, 0);
      server.setHttpsConfigurator(new HttpsConfigurator(context));
      return server;
    } catch (IOException e) {
      throw new StartupException(
          "management.port: cannot listen on "
              + settings.host()
              + ":"
              + settings.port()
              + ", "
              + e.getMessage(),
          e);
    }
  }

  private static SSLContext context(ManagementSettings.Tls tls) {
    try {
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(new KeyManager[] {new ReloadingKeyManager(tls)}, null, null);
      return context;
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every Java has TLS", e);
    }
  }
}
