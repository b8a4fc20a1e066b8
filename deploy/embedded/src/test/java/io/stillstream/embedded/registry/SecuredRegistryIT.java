package io.stillstream.embedded.registry;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.stillstream.schemas.registry.RegistryUnavailableException;
import io.stillstream.schemas.wire.AvroSerializer;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Our own serializer against a registry that looks at who comes, and how. */
class SecuredRegistryIT {
  private static KeytoolCertificateAuthority authority;

  @TempDir Path directory;

  @BeforeAll
  static void makeCertificates(@TempDir Path keys) throws Exception {
    authority =
        KeytoolCertificateAuthority.in(keys)
            .signs("good", "localhost", "-1d")
            .signs("expired", "localhost", "-9d")
            .signs("elsewhere", "registry.example", "-1d");
  }

  @Test
  void shouldLetInUsersAndTokensOnly() {
    // given
    RegistryAccess access =
        RegistryAccess.open().withUser("ann", "right").withUser("bob", "b:b").withToken("t0k3n");
    try (DevelopmentRegistry registry = start(access)) {
      // then
      assertThat(write(registry, user("ann:right"))).isNotEmpty();
      assertThat(write(registry, user("bob:b:b"))).isNotEmpty();
      assertThat(write(registry, token("t0k3n"))).isNotEmpty();
      assertThat(write(registry.url().toString().replace("://", "://ann:right@"))).isNotEmpty();
      assertThat(write(registry, jaas("right"))).isNotEmpty();
      String denied = registry.url() + " answered 401 to ";
      assertAway(denied + "basic.auth.user.info", () -> write(registry, user("ann:wrong-one")));
      assertAway(denied + "basic.auth.user.info", () -> write(registry, user("eve:right")));
      assertAway(denied + "bearer.auth.token", () -> write(registry, token("wrong-one")));
      assertAway(denied + "sasl.jaas.config", () -> write(registry, jaas("wrong-one")));
      assertAway(denied + "no credentials", () -> write(registry));
      assertAway(
          denied + "the user in schema.registry.url",
          () -> write(registry.url().toString().replace("://", "://ann:wrong-one@")));
    }
  }

  @Test
  void shouldFailOverFromOneThatIsDownAndOneThatDenies() throws Exception {
    // given
    DevelopmentRegistry gone = start(RegistryAccess.open());
    gone.close();
    try (DevelopmentRegistry other = start(RegistryAccess.open().withToken("another"));
        DevelopmentRegistry good = start(RegistryAccess.open().withToken("t0k3n"))) {
      String urls = gone.url() + "," + other.url() + "," + good.url();

      // then
      assertThat(write(urls, token("t0k3n"))).isNotEmpty();
      assertAway(other.url() + " answered 401", () -> write(urls, token("wrong-one")));
    }
  }

  private static void assertAway(String where, ThrowingCallable call) {
    assertAway(where, call, "");
  }

  private static void assertAway(String where, ThrowingCallable call, String why) {
    assertThatThrownBy(call)
        .isInstanceOf(RegistryUnavailableException.class)
        .hasMessageContaining(where)
        .hasMessageContaining(why)
        .hasMessageNotContaining("wrong-one")
        .hasMessageNotContaining("right");
  }

  @Test
  void shouldSpeakToThoseWhoTrustIt() throws Exception {
    // given
    RegistryAccess access =
        RegistryAccess.open().withTls(authority.context("good")).withUser("ann", "right");
    try (DevelopmentRegistry registry = start(access)) {
      // then
      assertThat(registry.url().getScheme()).isEqualTo("https");
      assertThat(write(registry, user("ann:right"), authority.trusting())).isNotEmpty();
    }
  }

  @Test
  void shouldWantACertificate() throws Exception {
    // given
    RegistryAccess access = RegistryAccess.open().withMutualTls(authority.context("good"));
    try (DevelopmentRegistry registry = start(access)) {
      // then
      assertThat(write(registry, authority.trusting(), authority.showing("elsewhere")))
          .isNotEmpty();
      assertAway(registry.url() + ": ", () -> write(registry, authority.trusting()));
    }
  }

  @Test
  void shouldNotSpeakToThoseWhoDoNotTrustIt() throws Exception {
    // given
    RegistryAccess access = RegistryAccess.open().withTls(authority.context("good"));
    try (DevelopmentRegistry registry = start(access)) {
      // then
      assertAway(
          registry.url() + ": ",
          () -> write(registry, user("ann:wrong-one")),
          "no certificate in schema.registry.ssl.truststore.* has signed the registry's certificate");
      assertAway(
          "http://",
          () -> write(registry.url().toString().replace("https:", "http:"), authority.trusting()));
    }
  }

  @Test
  void shouldSayThatThereIsNoTls() throws Exception {
    // given: most servers answer at once to what is no HTTP
    try (ServerSocket plain = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      CompletableFuture<Void> answered = CompletableFuture.runAsync(() -> answer(plain));

      // then
      assertAway(
          "no TLS there, but schema.registry.url says https",
          () -> write("https://localhost:" + plain.getLocalPort(), authority.trusting()));
      answered.join();
    }
  }

  private static void answer(ServerSocket server) {
    try (Socket socket = server.accept()) {
      socket.getOutputStream().write("HTTP/1.1 400 Bad Request\r\n\r\n".getBytes(US_ASCII));
      socket.shutdownOutput();
      socket.getInputStream().transferTo(OutputStream.nullOutputStream());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Test
  void shouldRefuseCertificatesThatAreNotValidOrOfAnotherHost() throws Exception {
    for (Map.Entry<String, String> certificate :
        Map.of(
                "expired", "the registry's certificate is not valid now",
                "elsewhere", "certificate is not for the host in schema.registry.url")
            .entrySet()) {
      // given
      RegistryAccess access =
          RegistryAccess.open().withTls(authority.context(certificate.getKey()));
      try (DevelopmentRegistry registry = start(access)) {
        // then
        assertAway(
            registry.url() + ": ",
            () -> write(registry, authority.trusting()),
            certificate.getValue());
      }
    }
  }

  private DevelopmentRegistry start(RegistryAccess access) {
    return DevelopmentRegistry.start(directory.resolve(UUID.randomUUID() + ".json"), 0, access);
  }

  private static Map<String, String> user(String info) {
    return Map.of("basic.auth.credentials.source", "USER_INFO", "basic.auth.user.info", info);
  }

  private static Map<String, String> token(String token) {
    return Map.of("bearer.auth.credentials.source", "STATIC_TOKEN", "bearer.auth.token", token);
  }

  private static Map<String, String> jaas(String password) {
    return Map.of(
        "basic.auth.credentials.source",
        "SASL_INHERIT",
        "sasl.jaas.config",
        "org.apache.kafka.common.security.scram.ScramLoginModule required"
            + " username=\"ann\" password=\""
            + password
            + "\";");
  }

  @SafeVarargs
  private static byte[] write(DevelopmentRegistry registry, Map<String, String>... more) {
    return write(registry.url().toString(), more);
  }

  @SafeVarargs
  private static byte[] write(String urls, Map<String, String>... more) {
    Map<String, Object> settings = new HashMap<>();
    settings.put("schema.registry.url", urls);
    settings.put("max.retries", 0);
    for (Map<String, String> one : more) {
      settings.putAll(one);
    }
    try (AvroSerializer serializer = new AvroSerializer()) {
      serializer.configure(settings, false);
      return serializer.serialize("images", "hi");
    }
  }
}
