package io.stillstream.runtime.http;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;

import io.stillstream.runtime.config.StartupException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyStore;
import java.security.KeyStoreException;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads a private key and the certificates that go with it, the key's own first. */
final class ServerIdentity {
  /** Of key stores in memory, which need one. */
  static final String PASSWORD = "in memory";

  private static final String ALIAS = "management";
  private static final Pattern PKCS8 =
      Pattern.compile("-----BEGIN PRIVATE KEY-----([A-Za-z0-9+/=\\s]*)-----END PRIVATE KEY-----");

  /** How a signature is made with keys of the kinds that TLS knows. */
  private static final Map<String, String> SIGNATURES =
      Map.of("RSA", "SHA256withRSA", "EC", "SHA256withECDSA", "EdDSA", "EdDSA");

  private ServerIdentity() {}

  /**
   * Reads both files into a key store in memory.
   *
   * @throws StartupException naming the setting, the file and what is wrong; nothing of the key
   */
  static KeyStore read(ManagementSettings.Tls files) {
    List<X509Certificate> chain = certificates(files.certificate());
    PublicKey own = chain.get(0).getPublicKey();
    String kind = own.getAlgorithm();
    if (!SIGNATURES.containsKey(kind)) {
      throw new StartupException(
          certificate(files.certificate()) + " is of a " + kind + " key, not RSA, EC or EdDSA");
    }
    PrivateKey key = key(files.key(), kind);
    if (!belongsTo(own, key)) {
      throw new StartupException(
          "management.tls.key: %s is not the key of %s"
              .formatted(files.key(), files.certificate()));
    }
    try {
      KeyStore store = KeyStore.getInstance("PKCS12");
      store.load(null, null);
      store.setKeyEntry(ALIAS, key, PASSWORD.toCharArray(), chain.toArray(X509Certificate[]::new));
      return store;
    } catch (GeneralSecurityException | IOException e) {
      throw new IllegalStateException("every Java has PKCS #12", e);
    }
  }

  /** The certificates in a store that {@link #read} returned. */
  static List<X509Certificate> chain(KeyStore store) {
    try {
      return Arrays.stream(store.getCertificateChain(ALIAS))
          .map(X509Certificate.class::cast)
          .toList();
    } catch (KeyStoreException e) {
      throw new IllegalStateException("the store is loaded", e);
    }
  }

  private static List<X509Certificate> certificates(Path file) {
    byte[] pem = bytes("management.tls.certificate", file);
    try {
      List<X509Certificate> chain =
          CertificateFactory.getInstance("X.509")
              .generateCertificates(new ByteArrayInputStream(pem))
              .stream()
              .map(X509Certificate.class::cast)
              .toList();
      if (!chain.isEmpty()) {
        return chain;
      }
    } catch (CertificateException e) {
      throw new StartupException(certificate(file) + " holds no PEM certificate", e);
    }
    throw new StartupException(certificate(file) + " holds no PEM certificate");
  }

  private static PrivateKey key(Path file, String kind) {
    String pem = new String(bytes("management.tls.key", file), US_ASCII);
    Matcher matcher = PKCS8.matcher(pem);
    if (!matcher.find()) {
      throw new StartupException(
          "management.tls.key: "
              + file
              + " must hold a key as PKCS #8 (BEGIN PRIVATE KEY), not encrypted; openssl pkcs8"
              + " -topk8 -nocrypt makes one of others");
    }
    try {
      byte[] der = Base64.getMimeDecoder().decode(matcher.group(1));
      return KeyFactory.getInstance(kind).generatePrivate(new PKCS8EncodedKeySpec(der));
    } catch (GeneralSecurityException | IllegalArgumentException e) {
      // Without the cause: it may quote what it cannot read.
      throw new StartupException(
          "management.tls.key: " + file + " holds no " + kind + " key, as the certificate is of");
    }
  }

  private static boolean belongsTo(PublicKey own, PrivateKey key) {
    byte[] text = "stillstream".getBytes(UTF_8);
    try {
      Signature signature = Signature.getInstance(SIGNATURES.get(own.getAlgorithm()));
      signature.initSign(key);
      signature.update(text);
      byte[] signed = signature.sign();
      signature.initVerify(own);
      signature.update(text);
      return signature.verify(signed);
    } catch (GeneralSecurityException e) {
      return false;
    }
  }

  private static byte[] bytes(String setting, Path file) {
    try {
      return Files.readAllBytes(file);
    } catch (IOException e) {
      throw new StartupException(
          setting + ": " + file + " cannot be read, " + e.getClass().getSimpleName(), e);
    }
  }

  private static String certificate(Path file) {
    return "management.tls.certificate: " + file;
  }
}
