package io.stillstream.schemas.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.stillstream.schemas.wire.AvroSerializer;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.apache.kafka.common.config.ConfigException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class RegistryTlsTest {
  private static final String PASSWORD = "changeit";

  private Path store;
  private FakeRegistry registry;

  @BeforeAll
  void startRegistry(@TempDir Path directory) throws Exception {
    store = directory.resolve("store.p12");
    run(
        List.of(
            Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
            "-genkeypair",
            "-alias",
            "registry",
            "-keyalg",
            "EC",
            "-dname",
            "CN=localhost",
            "-ext",
            "san=dns:localhost",
            "-ext",
            "bc:c",
            "-validity",
            "2",
            "-storetype",
            "PKCS12",
            "-keystore",
            store.toString(),
            "-storepass",
            PASSWORD));
    registry = FakeRegistry.startTls(context(store)).registers("t-value", 2);
  }

  @AfterAll
  void stopRegistry() {
    registry.close();
  }

  @Test
  void shouldTrustAndPresentCertificates() {
    // when
    byte[] written = serializer(stores()).serialize("t", "hi");

    // then
    assertThat(written).endsWith(2, 4, 'h', 'i');
  }

  @Test
  void shouldNotTrustUnknownCertificate() {
    // when, then
    assertThatThrownBy(() -> serializer(Map.of()).serialize("t", "hi"))
        .isInstanceOf(RegistryUnavailableException.class)
        .hasMessageContaining("certification path");
  }

  @Test
  void shouldBeRejectedWithoutOwnCertificate() {
    // given
    Map<String, String> settings = stores();
    settings.keySet().removeIf(key -> key.contains("keystore"));

    // when, then
    assertThatThrownBy(() -> serializer(settings).serialize("t", "hi"))
        .isInstanceOf(RegistryUnavailableException.class);
  }

  @Test
  void shouldRejectToSkipHostNames() {
    // given
    Map<String, String> settings = stores();
    settings.put("schema.registry.ssl.endpoint.identification.algorithm", "");

    // when, then
    assertThatThrownBy(() -> serializer(settings))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("schema.registry.ssl.endpoint.identification.algorithm");
  }

  private Map<String, String> stores() {
    return new HashMap<>(
        Map.of(
            "schema.registry.ssl.truststore.location",
            store.toString(),
            "schema.registry.ssl.truststore.password",
            PASSWORD,
            "schema.registry.ssl.truststore.type",
            "PKCS12",
            "schema.registry.ssl.keystore.location",
            store.toString(),
            "schema.registry.ssl.keystore.password",
            PASSWORD,
            "schema.registry.ssl.keystore.type",
            "PKCS12"));
  }

  private AvroSerializer serializer(Map<String, String> more) {
    Map<String, Object> settings = new HashMap<>(more);
    settings.put("schema.registry.url", registry.url());
    settings.put("max.retries", 0);
    AvroSerializer serializer = new AvroSerializer();
    serializer.configure(settings, false);
    return serializer;
  }

  private static SSLContext context(Path store) throws Exception {
    KeyStore keys = KeyStore.getInstance("PKCS12");
    try (InputStream in = Files.newInputStream(store)) {
      keys.load(in, PASSWORD.toCharArray());
    }
    KeyManagerFactory own = KeyManagerFactory.getInstance("PKIX");
    own.init(keys, PASSWORD.toCharArray());
    KeyStore trusted = KeyStore.getInstance("PKCS12");
    trusted.load(null, null);
    trusted.setCertificateEntry("registry", keys.getCertificate("registry"));
    TrustManagerFactory trust = TrustManagerFactory.getInstance("PKIX");
    trust.init(trusted);
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(own.getKeyManagers(), trust.getTrustManagers(), null);
    return context;
  }

  private static void run(List<String> command) throws Exception {
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).as(output).isZero();
  }
}
