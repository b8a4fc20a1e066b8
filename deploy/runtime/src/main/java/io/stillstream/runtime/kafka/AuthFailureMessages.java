package io.stillstream.runtime.kafka;

import java.security.cert.CertPathBuilderException;
import java.security.cert.CertificateExpiredException;
import java.security.cert.CertificateNotYetValidException;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;
import org.apache.kafka.common.config.SaslConfigs;
import org.apache.kafka.common.config.SslConfigs;
import org.apache.kafka.common.errors.AuthenticationException;
import org.apache.kafka.common.errors.SaslAuthenticationException;
import org.apache.kafka.common.errors.UnsupportedSaslMechanismException;

/** Says which setting it is when broker and client do not let each other in. */
final class AuthFailureMessages {
  private AuthFailureMessages() {}

  /**
   * Names the key and the cause, and no secret.
   *
   * @param settings of the client that failed
   */
  static String describe(AuthenticationException failure, Map<String, ?> settings, String servers) {
    if (failure instanceof UnsupportedSaslMechanismException) {
      return key(SaslConfigs.SASL_MECHANISM)
          + "the brokers at %s do not know %s (%s)"
              .formatted(servers, settings.get(SaslConfigs.SASL_MECHANISM), failure.getMessage());
    }
    if (failure instanceof SaslAuthenticationException) {
      String user = ClientPrincipal.in(settings).orElse("this client");
      return key(SaslConfigs.SASL_JAAS_CONFIG)
          + "the brokers at %s do not let %s in: wrong user or password (%s)"
              .formatted(servers, user, failure.getMessage());
    }
    return tls(failure, settings, servers);
  }

  /** Names the key of the file that a failure is about: Kafka names the file, or says less. */
  static Optional<String> describeFileProblem(Throwable failure, Map<String, ?> settings) {
    List<String> messages =
        causes(failure).map(Throwable::getMessage).filter(Objects::nonNull).toList();
    return settings.entrySet().stream()
        .filter(entry -> entry.getKey().endsWith(".location"))
        .filter(
            entry -> messages.stream().anyMatch(text -> text.contains(entry.getValue().toString())))
        .map(
            entry ->
                key(entry.getKey())
                    + "%s cannot be used: %s".formatted(entry.getValue(), innermostType(failure)))
        .findFirst();
  }

  private static String innermostType(Throwable failure) {
    return causes(failure)
        .reduce((outer, inner) -> inner)
        .map(cause -> cause.getClass().getSimpleName() + ": " + cause.getMessage())
        .orElseThrow();
  }

  private static String tls(Throwable failure, Map<String, ?> settings, String servers) {
    String detail = innermost(failure);
    if (has(failure, CertificateExpiredException.class)
        || has(failure, CertificateNotYetValidException.class)) {
      return key("bootstrap.servers")
          + "the certificate of the brokers at %s is not valid now (%s)".formatted(servers, detail);
    }
    if (has(failure, CertPathBuilderException.class)) {
      return key(SslConfigs.SSL_TRUSTSTORE_LOCATION_CONFIG)
          + "%s does not vouch for the certificate of the brokers at %s (%s)"
              .formatted(
                  store(settings, SslConfigs.SSL_TRUSTSTORE_LOCATION_CONFIG), servers, detail);
    }
    if (detail.contains("subject alternative") || detail.contains("No name matching")) {
      return key("bootstrap.servers")
          + "the certificate of the brokers is not for %s (%s)".formatted(servers, detail);
    }
    if (detail.contains("fatal alert")) {
      return key(SslConfigs.SSL_KEYSTORE_LOCATION_CONFIG) + identity(settings, servers, detail);
    }
    return key("security.protocol")
        + "no TLS with the brokers at %s (%s)".formatted(servers, detail);
  }

  /** The brokers end the handshake: as a rule it is the client's certificate. */
  private static String identity(Map<String, ?> settings, String servers, String detail) {
    boolean none =
        settings.get(SslConfigs.SSL_KEYSTORE_LOCATION_CONFIG) == null
            && settings.get(SslConfigs.SSL_KEYSTORE_CERTIFICATE_CHAIN_CONFIG) == null;
    return none
        ? "is not set, and the brokers at %s ask for a certificate (%s)".formatted(servers, detail)
        : "the brokers at %s do not accept the certificate in %s: expired, or of an authority that they do not trust (%s)"
            .formatted(servers, store(settings, SslConfigs.SSL_KEYSTORE_LOCATION_CONFIG), detail);
  }

  private static String store(Map<String, ?> settings, String key) {
    Object location = settings.get(key);
    return location != null
        ? location.toString()
        : key.equals(SslConfigs.SSL_TRUSTSTORE_LOCATION_CONFIG)
            ? "what Java trusts by default"
            : "ssl.keystore.certificate.chain";
  }

  private static String key(String key) {
    return "kafka." + key + ": ";
  }

  private static boolean has(Throwable failure, Class<?> kind) {
    return causes(failure).anyMatch(kind::isInstance);
  }

  private static String innermost(Throwable failure) {
    return causes(failure)
        .map(Throwable::getMessage)
        .filter(Objects::nonNull)
        .reduce((outer, inner) -> inner)
        .orElseGet(failure::toString);
  }

  private static Stream<Throwable> causes(Throwable failure) {
    return Stream.iterate(failure, Objects::nonNull, Throwable::getCause);
  }
}
