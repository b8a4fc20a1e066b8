package io.stillstream.schemas.registry;

import java.net.InetSocketAddress;
import java.net.ProxySelector;
import java.net.http.HttpClient;
import java.util.HashMap;
import java.util.Map;
import javax.net.ssl.SSLContext;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.common.config.SslConfigs;
import org.apache.kafka.common.security.ssl.DefaultSslEngineFactory;

/** Creates the HTTP client from the settings. */
final class HttpClientFactory {
  private HttpClientFactory() {}

  static HttpClient of(SerdeConfig config) {
    HttpClient.Builder builder =
        HttpClient.newBuilder()
            // Registries speak 1.1; the upgrade header of 2 confuses some of their proxies.
            .version(HttpClient.Version.HTTP_1_1)
            .followRedirects(HttpClient.Redirect.NORMAL)
            .connectTimeout(config.millis(SerdeConfig.CONNECT_TIMEOUT));
    String proxy = config.getString(SerdeConfig.PROXY_HOST);
    if (!proxy.isEmpty()) {
      builder.proxy(
          ProxySelector.of(new InetSocketAddress(proxy, config.getInt(SerdeConfig.PROXY_PORT))));
    }
    if (!config.tls().isEmpty()) {
      builder.sslContext(sslContext(config.tls()));
    }
    return builder.build();
  }

  /** Key stores and trust stores as for Kafka's clients: JKS, PKCS12 or PEM, by file or inline. */
  private static SSLContext sslContext(Map<String, Object> settings) {
    if ("".equals(settings.get(SslConfigs.SSL_ENDPOINT_IDENTIFICATION_ALGORITHM_CONFIG))) {
      throw new ConfigException(
          "schema.registry." + SslConfigs.SSL_ENDPOINT_IDENTIFICATION_ALGORITHM_CONFIG,
          "",
          "host names are always verified");
    }
    ConfigDef definition = new ConfigDef();
    SslConfigs.addClientSslSupport(definition);
    try (DefaultSslEngineFactory factory = new DefaultSslEngineFactory()) {
      factory.configure(new HashMap<>(definition.parse(settings)));
      return factory.sslContext();
    }
  }
}
