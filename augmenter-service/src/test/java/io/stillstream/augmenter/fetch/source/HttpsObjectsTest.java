package io.stillstream.augmenter.fetch.source;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.stillstream.augmenter.fetch.FetchSettings;
import io.stillstream.augmenter.fetch.ObjectReference;
import io.stillstream.augmenter.fetch.ObjectSource;
import io.stillstream.augmenter.fetch.UnavailableObjectException;
import io.stillstream.embedded.TestCertificateAuthority;
import io.stillstream.runtime.config.StartupException;
import io.stillstream.runtime.config.YamlSettings;
import java.io.ByteArrayInputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyFactory;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Base64;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HttpsObjectsTest {
  private static final byte[] IMAGE = "image".getBytes(UTF_8);

  @TempDir private Path directory;
  private TestCertificateAuthority authority;
  private ObjectServer server;

  @BeforeEach
  void start() throws Exception {
    authority = TestCertificateAuthority.create(directory.resolve("own"), "own");
    server = ObjectServer.start(identity(authority.issue("server")));
    server.put("/1.png", 200, IMAGE);
  }

  @AfterEach
  void stop() {
    server.close();
  }

  @Test
  void shouldTrustAnAuthorityOfItsOwnAndKeepTheConnection() throws Exception {
    try (ObjectSource source = open("localhost", "127.0.0.1", trusting(authority))) {
      assertThat(source.read(reference("localhost"))).isEqualTo(IMAGE);
      assertThat(source.read(reference("localhost"))).isEqualTo(IMAGE);
      assertThat(server.connections()).isEqualTo(1);
    }
  }

  @Test
  void shouldWaitForACertificateThatItTrusts() {
    // given
    TestCertificateAuthority other =
        TestCertificateAuthority.create(directory.resolve("other"), "other");

    // then
    for (String certificates : new String[] {"", trusting(other)}) {
      try (ObjectSource source = open("localhost", "127.0.0.1", certificates)) {
        assertThatThrownBy(() -> source.read(reference("localhost")))
            .isInstanceOf(UnavailableObjectException.class)
            .hasMessageContaining("cannot be read: TLS failed: ");
      }
    }
    assertThat(server.requests()).isEmpty();
  }

  @Test
  void shouldWaitForACertificateOfTheHost() {
    try (ObjectSource source = open("images.example.com", "127.0.0.1", trusting(authority))) {
      assertThatThrownBy(() -> source.read(reference("images.example.com")))
          .isInstanceOf(UnavailableObjectException.class)
          .hasMessageContaining("cannot be read: TLS failed: ");
    }
    assertThat(server.requests()).isEmpty();
  }

  @Test
  void shouldNameTheSettingOfAFileThatIsMissing() {
    assertThatThrownBy(() -> open("localhost", "127.0.0.1", "certificates: /absent.pem"))
        .isInstanceOf(StartupException.class)
        .hasMessageStartingWith("fetch.certificates: /absent.pem cannot be read");
  }

  private ObjectSource open(String host, String address, String certificates) {
    return ObjectSources.open(
        YamlSettings.parse(
            """
            allow: [{prefix: "https://%s:%d/", private-addresses: true}]
            %s
            """
                .formatted(host, server.port(), certificates),
            FetchSettings.class,
            Map.of()),
        new CountingResolver().with(host, address, address));
  }

  private static String trusting(TestCertificateAuthority authority) {
    return "certificates: " + authority.certificate();
  }

  private ObjectReference reference(String host) {
    return new ObjectReference(
        "https://%s:%d/1.png".formatted(host, server.port()),
        OptionalLong.empty(),
        Optional.empty());
  }

  private static SSLContext identity(Path pem) throws Exception {
    String text = Files.readString(pem);
    String key = text.replaceAll("(?s).*BEGIN PRIVATE KEY-----(.*)-----END PRIVATE KEY.*", "$1");
    PrivateKey own =
        KeyFactory.getInstance("EC")
            .generatePrivate(new PKCS8EncodedKeySpec(Base64.getMimeDecoder().decode(key)));
    String signed = text.substring(text.indexOf("-----BEGIN CERTIFICATE"));
    Certificate certificate =
        CertificateFactory.getInstance("X.509")
            .generateCertificate(new ByteArrayInputStream(signed.getBytes(UTF_8)));
    KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
    store.load(null, null);
    store.setKeyEntry("server", own, new char[0], new Certificate[] {certificate});
    KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
    keys.init(store, new char[0]);
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(keys.getKeyManagers(), null, null);
    return context;
  }
}
