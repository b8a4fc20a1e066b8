package io.stillstream.runtime.http;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.stillstream.runtime.config.StartupException;
import io.stillstream.runtime.health.Health;
import io.stillstream.runtime.http.ManagementSettings.Basic;
import io.stillstream.runtime.http.ManagementSettings.Tls;
import io.stillstream.runtime.metrics.MeterRegistries;
import io.stillstream.runtime.metrics.MetricsSettings;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

/** The management endpoint by HTTPS. */
final class ManagementServerTlsTest {
  private static final Base64.Encoder MIME = Base64.getMimeEncoder(64, new byte[] {'\n'});
  private static final char[] PASSWORD = "changeit".toCharArray();

  /** An own certificate of each kind of key. */
  private static KeyStore keys;

  private final MeterRegistries registries =
      MeterRegistries.open(MetricsSettings.ofEndpoint(), "test");
  private final PrometheusMeterRegistry registry = registries.prometheus();
  @TempDir private Path directory;
  private Tls files;

  @BeforeAll
  static void makeKeys(@TempDir Path directory) throws Exception {
    Path store = directory.resolve("keys.p12");
    for (String kind : List.of("EC", "RSA")) {
      keytool(
          "-genkeypair",
          "-alias",
          kind,
          "-keyalg",
          kind,
          "-dname",
          "CN=" + kind,
          "-ext",
          "san=dns:localhost",
          "-validity",
          "2",
          "-storetype",
          "PKCS12",
          "-keystore",
          store.toString(),
          "-storepass",
          new String(PASSWORD));
    }
    keys = KeyStore.getInstance("PKCS12");
    try (InputStream in = Files.newInputStream(store)) {
      keys.load(in, PASSWORD);
    }
  }

  @BeforeEach
  void name() {
    files = new Tls(directory.resolve("tls.crt"), directory.resolve("tls.key"));
  }

  @AfterEach
  void close() {
    registries.close();
  }

  @Test
  void shouldAnswerByHttpsToThoseWhoTrustIt() throws Exception {
    // given
    install("EC");
    Optional<Basic> basic = Optional.of(new Basic("ops", "pass", true));
    try (ManagementServer management = start(basic)) {
      // then
      assertThat(get(client("EC"), management, "/health/live", "").statusCode()).isEqualTo(200);
      assertThat(get(client("EC"), management, "/metrics", "").statusCode()).isEqualTo(401);
      assertThat(get(client("EC"), management, "/metrics", "b3BzOnBhc3M=").body())
          .contains("jvm_memory_used_bytes");
      assertThatThrownBy(() -> get(client("RSA"), management, "/health/live", ""))
          .isInstanceOf(SSLException.class);
    }
  }

  @Test
  void shouldGoOnAfterThoseWhoComeByHttp() throws Exception {
    // given
    install("EC");
    try (ManagementServer management = start(Optional.empty())) {
      HttpRequest plain =
          HttpRequest.newBuilder(URI.create("http://localhost:" + management.port() + "/info"))
              .build();

      // then
      for (int i = 0; i < 4; i++) {
        assertThatThrownBy(() -> HttpClient.newHttpClient().send(plain, BodyHandlers.ofString()))
            .isInstanceOf(IOException.class);
      }
      assertThat(get(client("EC"), management, "/info", "").statusCode()).isEqualTo(200);
    }
  }

  @Test
  void shouldTakeARenewedCertificateAndKeepTheFormerWhileFilesDoNotFit() throws Exception {
    // given
    install("EC");
    try (ManagementServer management = start(Optional.empty())) {
      assertThat(shownBy(management)).isEqualTo("CN=EC");

      // when: the new certificate is there, and its key is not yet
      Files.writeString(files.certificate(), certificate("RSA"));

      // then
      assertThat(shownBy(management)).isEqualTo("CN=EC");

      // when
      Files.writeString(files.key(), key("RSA"));

      // then
      assertThat(shownBy(management)).isEqualTo("CN=RSA");

      // when
      Files.delete(files.key());

      // then
      assertThat(shownBy(management)).isEqualTo("CN=RSA");
    }
  }

  @Test
  void shouldSayOnceThatFilesAreAway() throws Exception {
    // given
    install("EC");
    Logger logger = (Logger) LoggerFactory.getLogger(ReloadingSslContext.class);
    ListAppender<ILoggingEvent> said = new ListAppender<>();
    said.start();
    logger.addAppender(said);
    try (ManagementServer management = start(Optional.empty())) {
      for (int times = 1; times <= 2; times++) {
        // when
        Files.delete(files.key());
        for (int i = 0; i < 3; i++) {
          assertThat(shownBy(management)).isEqualTo("CN=EC");
        }

        // then
        assertThat(List.copyOf(said.list)).hasSize(times);
        Files.writeString(files.key(), key("EC") + "#".repeat(times));
        assertThat(shownBy(management)).isEqualTo("CN=EC");
      }
    } finally {
      logger.detachAppender(said);
    }
  }

  @Test
  void shouldNameTheFileThatIsNotGood() throws Exception {
    // given
    String noKey = "management.tls.key: " + files.key();
    String noCertificate = "management.tls.certificate: " + files.certificate();

    // then
    assertRefused(noCertificate + " cannot be read, NoSuchFileException");
    Files.writeString(files.certificate(), "hunter2");
    assertRefused(noCertificate + " holds no PEM certificate");
    Files.writeString(files.certificate(), "");
    assertRefused(noCertificate + " holds no PEM certificate");
    Files.writeString(files.certificate(), certificate("EC"));
    assertRefused(noKey + " cannot be read, NoSuchFileException");
    Files.writeString(files.key(), pem("RSA PRIVATE KEY", "hunter2".getBytes(UTF_8)));
    assertRefused(noKey + " must hold a key as PKCS #8");
    Files.writeString(files.key(), pem("ENCRYPTED PRIVATE KEY", "hunter2".getBytes(UTF_8)));
    assertRefused(noKey + " must hold a key as PKCS #8");
    Files.writeString(files.key(), pem("PRIVATE KEY", "hunter2".getBytes(UTF_8)));
    assertRefused(noKey + " holds no EC key");
    Files.writeString(files.key(), key("RSA"));
    assertRefused(noKey + " holds no EC key");
    Files.writeString(files.certificate(), certificate("RSA"));
    start(Optional.empty()).close();
  }

  private void assertRefused(String message) {
    assertThatThrownBy(() -> start(Optional.empty()))
        .isInstanceOf(StartupException.class)
        .hasMessageStartingWith(message)
        .hasMessageNotContaining("hunter2")
        .hasMessageNotContaining("aHVudGVyMg");
  }

  private ManagementServer start(Optional<Basic> basic) {
    return ManagementServer.start(
        new ManagementSettings("127.0.0.1", 0, Optional.of(files), basic),
        registry,
        Health::of,
        Map.of());
  }

  private void install(String alias) throws Exception {
    Files.writeString(files.certificate(), certificate(alias));
    Files.writeString(files.key(), key(alias));
  }

  /** What a connection of its own is shown. */
  private static String shownBy(ManagementServer management) throws Exception {
    HttpResponse<String> response = get(client("EC", "RSA"), management, "/info", "");
    Certificate shown = response.sslSession().orElseThrow().getPeerCertificates()[0];
    return ((X509Certificate) shown).getSubjectX500Principal().getName();
  }

  private static HttpResponse<String> get(
      HttpClient client, ManagementServer management, String path, String basic)
      throws IOException, InterruptedException {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create("https://localhost:" + management.port() + path));
    if (!basic.isEmpty()) {
      request.header("Authorization", "Basic " + basic);
    }
    return client.send(request.build(), BodyHandlers.ofString());
  }

  private static HttpClient client(String... trusted) throws Exception {
    KeyStore store = KeyStore.getInstance("PKCS12");
    store.load(null, null);
    for (String alias : trusted) {
      store.setCertificateEntry(alias, keys.getCertificate(alias));
    }
    TrustManagerFactory trust = TrustManagerFactory.getInstance("PKIX");
    trust.init(store);
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(null, trust.getTrustManagers(), null);
    return HttpClient.newBuilder().sslContext(context).build();
  }

  private static String certificate(String alias) throws Exception {
    return pem("CERTIFICATE", keys.getCertificate(alias).getEncoded());
  }

  private static String key(String alias) throws Exception {
    return pem("PRIVATE KEY", keys.getKey(alias, PASSWORD).getEncoded());
  }

  private static String pem(String kind, byte[] der) {
    return "-----BEGIN %s-----\n%s\n-----END %s-----\n"
        .formatted(kind, MIME.encodeToString(der), kind);
  }

  private static void keytool(String... arguments) throws Exception {
    String[] command = new String[arguments.length + 1];
    command[0] = Path.of(System.getProperty("java.home"), "bin", "keytool").toString();
    System.arraycopy(arguments, 0, command, 1, arguments.length);
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String output = new String(process.getInputStream().readAllBytes(), UTF_8);
    assertThat(process.waitFor()).as(output).isZero();
  }
}
