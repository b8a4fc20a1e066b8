package io.stillstream.runtime.kafka;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpServer;
import io.stillstream.runtime.config.StartupException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Which mechanisms of SASL the class path of the services is complete for. */
final class SaslMechanismsTest {
  private static final String ALLOWED = "org.apache.kafka.sasl.oauthbearer.allowed.urls";
  private static final String KRB5 = "java.security.krb5.conf";

  @TempDir private Path directory;

  @AfterEach
  void clear() {
    System.clearProperty(ALLOWED);
    System.clearProperty(KRB5);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "PLAIN|plain.PlainLoginModule",
        "SCRAM-SHA-256|scram.ScramLoginModule",
        "SCRAM-SHA-512|scram.ScramLoginModule"
      })
  void shouldLogInWithAPassword(String mechanismAndModule) {
    // given
    String[] names = mechanismAndModule.split("\\|", -1);

    // when, then
    open(
        Map.of(
            "sasl.mechanism",
            names[0],
            "sasl.jaas.config",
            "org.apache.kafka.common.security.%s required username=\"u\" password=\"p\";"
                .formatted(names[1])));
  }

  @Test
  void shouldLogInWithATokenOfAnIssuer() throws Exception {
    // given
    List<String> asked = new CopyOnWriteArrayList<>();
    HttpServer issuer =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    issuer.createContext(
        "/token",
        exchange -> {
          asked.add(new String(exchange.getRequestBody().readAllBytes(), UTF_8));
          byte[] answer =
              "{\"access_token\":\"%s\",\"token_type\":\"Bearer\"}"
                  .formatted(token())
                  .getBytes(UTF_8);
          exchange.getResponseHeaders().set("Content-Type", "application/json");
          exchange.sendResponseHeaders(200, answer.length);
          exchange.getResponseBody().write(answer);
          exchange.close();
        });
    issuer.start();
    try {
      String url = "http://127.0.0.1:" + issuer.getAddress().getPort() + "/token";
      System.setProperty(ALLOWED, url);

      // when
      open(
          Map.of(
              "sasl.mechanism",
              "OAUTHBEARER",
              "sasl.oauthbearer.token.endpoint.url",
              url,
              "sasl.login.callback.handler.class",
              "org.apache.kafka.common.security.oauthbearer.OAuthBearerLoginCallbackHandler",
              "sasl.jaas.config",
              "org.apache.kafka.common.security.oauthbearer.OAuthBearerLoginModule required"
                  + " clientId=\"trainer\" clientSecret=\"secret\";"));
    } finally {
      issuer.stop(0);
    }

    // then
    assertThat(asked).singleElement().asString().contains("grant_type=client_credentials");
  }

  @Test
  void shouldLookForAKeytabOfKerberos() throws Exception {
    // given
    Path krb5 = directory.resolve("krb5.conf");
    Files.writeString(
        krb5,
        """
        [libdefaults]
        default_realm = EXAMPLE.ORG
        [realms]
        EXAMPLE.ORG = {
          kdc = 127.0.0.1:1
        }
        """);
    System.setProperty(KRB5, krb5.toString());
    Map<String, String> settings =
        Map.of(
            "sasl.mechanism",
            "GSSAPI",
            "sasl.kerberos.service.name",
            "kafka",
            "sasl.jaas.config",
            "com.sun.security.auth.module.Krb5LoginModule required useKeyTab=true storeKey=true"
                + " keyTab=\"%s\" principal=\"trainer@EXAMPLE.ORG\";"
                    .formatted(directory.resolve("none.keytab")));

    // when, then: it is the module that finds no key there, so it is there
    assertThatThrownBy(() -> open(settings))
        .isInstanceOf(StartupException.class)
        .hasMessageContaining("Could not login");
  }

  private static void open(Map<String, String> sasl) {
    Map<String, String> kafka = new TreeMap<>(sasl);
    kafka.put("bootstrap.servers", "127.0.0.1:1");
    kafka.put("security.protocol", "SASL_PLAINTEXT");
    KafkaSettings.client(() -> new KafkaProducer<>(KafkaSettings.producer(kafka, Map.of())))
        .close();
  }

  /** Whose signature only brokers look at. */
  private static String token() {
    long now = Instant.now().getEpochSecond();
    return part("{\"alg\":\"RS256\"}")
        + "."
        + part(
            "{\"sub\":\"trainer\",\"scope\":\"kafka\",\"iat\":%d,\"exp\":%d}"
                .formatted(now, now + 3600))
        + "."
        + part("signature");
  }

  private static String part(String text) {
    return Base64.getUrlEncoder().withoutPadding().encodeToString(text.getBytes(UTF_8));
  }
}
