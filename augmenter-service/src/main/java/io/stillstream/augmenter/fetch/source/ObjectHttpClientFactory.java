package io.stillstream.augmenter.fetch.source;

import io.stillstream.augmenter.fetch.FetchSettings;
import io.stillstream.runtime.config.StartupException;
import io.stillstream.runtime.http.client.TrustedAuthorities;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.util.List;
import javax.net.ssl.SSLContext;
import org.apache.hc.client5.http.DnsResolver;
import org.apache.hc.client5.http.config.ConnectionConfig;
import org.apache.hc.client5.http.config.RequestConfig;
import org.apache.hc.client5.http.config.TlsConfig;
import org.apache.hc.client5.http.impl.classic.CloseableHttpClient;
import org.apache.hc.client5.http.impl.classic.HttpClients;
import org.apache.hc.client5.http.impl.io.ManagedHttpClientConnectionFactory;
import org.apache.hc.client5.http.impl.io.PoolingHttpClientConnectionManagerBuilder;
import org.apache.hc.client5.http.io.HttpClientConnectionManager;
import org.apache.hc.client5.http.ssl.DefaultClientTlsStrategy;
import org.apache.hc.core5.http.HttpHeaders;
import org.apache.hc.core5.http.config.Http1Config;
import org.apache.hc.core5.http.message.BasicHeader;
import org.apache.hc.core5.util.TimeValue;
import org.apache.hc.core5.util.Timeout;

/**
 * Makes the client of HTTP and HTTPS. It keeps connections, and does nothing by itself: no
 * redirects, no proxies, no cookies, no credentials, no decompression, no second attempts.
 */
final class ObjectHttpClientFactory {
  private static final int MOST_HEADER_BYTES = 16_384;
  private static final int MOST_HEADERS = 100;

  /**
   * After so long a connection is looked at before it is used again: the server may have closed it.
   */
  private static final TimeValue IDLE = TimeValue.ofMilliseconds(200);

  private ObjectHttpClientFactory() {}

  static CloseableHttpClient open(FetchSettings settings, DnsResolver names) {
    Timeout timeout = timeout(settings.timeout());
    RequestConfig requests =
        RequestConfig.custom()
            .setConnectionRequestTimeout(timeout)
            .setResponseTimeout(timeout)
            .setRedirectsEnabled(false)
            .setAuthenticationEnabled(false)
            .setContentCompressionEnabled(false)
            .setProtocolUpgradeEnabled(false)
            .build();
    return HttpClients.custom()
        .setConnectionManager(connections(settings, names))
        .setDefaultRequestConfig(requests)
        .setDefaultHeaders(List.of(new BasicHeader(HttpHeaders.ACCEPT_ENCODING, "identity")))
        .setUserAgent("stillstream")
        .disableRedirectHandling()
        .disableAutomaticRetries()
        .disableCookieManagement()
        .disableAuthCaching()
        .disableContentCompression()
        .disableDefaultUserAgent()
        .build();
  }

  private static HttpClientConnectionManager connections(
      FetchSettings settings, DnsResolver names) {
    Timeout connect = timeout(settings.connectTimeout());
    Http1Config limits =
        Http1Config.custom()
            .setMaxLineLength(MOST_HEADER_BYTES)
            .setMaxHeaderCount(MOST_HEADERS)
            .build();
    return PoolingHttpClientConnectionManagerBuilder.create()
        .setDnsResolver(names)
        .setConnectionFactory(
            ManagedHttpClientConnectionFactory.builder().http1Config(limits).build())
        .setMaxConnTotal(settings.connections())
        .setMaxConnPerRoute(settings.connections())
        .setTlsSocketStrategy(
            new DefaultClientTlsStrategy(
                settings
                    .certificates()
                    .map(ObjectHttpClientFactory::trusting)
                    .orElseGet(ObjectHttpClientFactory::usual)))
        .setDefaultTlsConfig(TlsConfig.custom().setHandshakeTimeout(connect).build())
        .setDefaultConnectionConfig(
            ConnectionConfig.custom()
                .setConnectTimeout(connect)
                .setSocketTimeout(timeout(settings.timeout()))
                .setValidateAfterInactivity(IDLE)
                .build())
        .build();
  }

  private static SSLContext trusting(Path certificates) {
    try {
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(null, TrustedAuthorities.read("fetch.certificates", certificates), null);
      return context;
    } catch (GeneralSecurityException e) {
      throw new StartupException("fetch.certificates: " + certificates + ": " + e.getMessage(), e);
    }
  }

  private static SSLContext usual() {
    try {
      return SSLContext.getDefault();
    } catch (GeneralSecurityException e) {
      throw new StartupException("the JVM has no TLS: " + e.getMessage(), e);
    }
  }

  private static Timeout timeout(Duration time) {
    return Timeout.of(time);
  }
}
