package io.stillstream.embedded.registry;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/** An authority that signs certificates with the JDK's keytool, and the stores that come of it. */
final class KeytoolCertificateAuthority {
  static final String PASSWORD = "changeit";
  private static final String NAME = "authority";

  private final Path directory;
  private final Path all;

  private KeytoolCertificateAuthority(Path directory) {
    this.directory = directory;
    this.all = directory.resolve("all.p12");
  }

  static KeytoolCertificateAuthority in(Path directory) throws Exception {
    KeytoolCertificateAuthority authority = new KeytoolCertificateAuthority(directory);
    authority.keytool("-alias", NAME, "-dname", "CN=authority", "-ext", "bc:c", "-validity", "30");
    return authority;
  }

  /** Makes a key, and signs a certificate of it for this host from this day on, for two days. */
  KeytoolCertificateAuthority signs(String alias, String host, String from) throws Exception {
    String[] signed = {
      "-alias", alias, "-signer", NAME, "-dname", "CN=" + host, "-startdate", from
    };
    String[] lasting = {"-ext", "san=dns:" + host, "-validity", "2"};
    keytool(Stream.of(signed, lasting).flatMap(Stream::of).toArray(String[]::new));
    return this;
  }

  /** A context that shows this certificate and trusts what this authority has signed. */
  SSLContext context(String alias) throws Exception {
    KeyManagerFactory own = KeyManagerFactory.getInstance("PKIX");
    own.init(load(keyStore(alias)), PASSWORD.toCharArray());
    TrustManagerFactory trust = TrustManagerFactory.getInstance("PKIX");
    trust.init(load(trustStore()));
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(own.getKeyManagers(), trust.getTrustManagers(), null);
    return context;
  }

  /** Of a client of the registry: whom it trusts. */
  Map<String, String> trusting() throws Exception {
    return Map.of(
        "schema.registry.ssl.truststore.location",
        trustStore().toString(),
        "schema.registry.ssl.truststore.password",
        PASSWORD,
        "schema.registry.ssl.truststore.type",
        "PKCS12");
  }

  /** Of a client of the registry: what it shows. */
  Map<String, String> showing(String alias) throws Exception {
    return Map.of(
        "schema.registry.ssl.keystore.location",
        keyStore(alias).toString(),
        "schema.registry.ssl.keystore.password",
        PASSWORD,
        "schema.registry.ssl.keystore.type",
        "PKCS12");
  }

  private Path keyStore(String alias) throws Exception {
    KeyStore from = load(all);
    KeyStore one = empty();
    one.setKeyEntry(
        alias,
        from.getKey(alias, PASSWORD.toCharArray()),
        PASSWORD.toCharArray(),
        from.getCertificateChain(alias));
    return store(one, alias + ".p12");
  }

  private Path trustStore() throws Exception {
    KeyStore one = empty();
    one.setCertificateEntry(NAME, load(all).getCertificate(NAME));
    return store(one, "trust.p12");
  }

  private Path store(KeyStore keys, String name) throws Exception {
    Path file = directory.resolve(name);
    try (OutputStream out = Files.newOutputStream(file)) {
      keys.store(out, PASSWORD.toCharArray());
    }
    return file;
  }

  private static KeyStore empty() throws GeneralSecurityException, IOException {
    KeyStore keys = KeyStore.getInstance("PKCS12");
    keys.load(null, null);
    return keys;
  }

  private static KeyStore load(Path file) throws Exception {
    KeyStore keys = KeyStore.getInstance("PKCS12");
    try (InputStream in = Files.newInputStream(file)) {
      keys.load(in, PASSWORD.toCharArray());
    }
    return keys;
  }

  private void keytool(String... arguments) throws Exception {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "keytool").toString());
    command.addAll(List.of("-genkeypair", "-keyalg", "EC", "-storetype", "PKCS12"));
    command.addAll(List.of("-keystore", all.toString(), "-storepass", PASSWORD));
    command.addAll(List.of(arguments));
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String output = new String(process.getInputStream().readAllBytes(), UTF_8);
    if (process.waitFor() != 0) {
      throw new AssertionError(output);
    }
  }
}
