package io.stillstream.embedded;

import java.io.IOException;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.Date;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.cert.CertIOException;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/**
 * A certificate authority for loopback, whose private key is in memory only. What it makes are PEM
 * files in its directory that only their owner may read: {@code ca.crt}, and for each name one with
 * the key and the certificate.
 */
public final class TestCertificateAuthority {
  private static final Duration VALID = Duration.ofDays(3650);
  private static final SecureRandom RANDOM = new SecureRandom();

  private final Path directory;
  private final X500Name name;
  private final KeyPair keys;
  private final X509Certificate certificate;

  private TestCertificateAuthority(Path directory, String name)
      throws GeneralSecurityException, OperatorCreationException, IOException {
    this.directory = directory;
    this.name = new X500Name("CN=" + name);
    this.keys = keys();
    this.certificate = sign(this.name, keys, Instant.now().plus(VALID), true);
  }

  /**
   * Makes an authority, and its directory if there is none. Files of an earlier one are replaced.
   *
   * @param name that its certificate is to show
   * @throws EmbeddedException if the directory cannot be written
   */
  public static TestCertificateAuthority create(Path directory, String name) {
    try {
      TestCertificateAuthority authority =
          new TestCertificateAuthority(Files.createDirectories(directory), name);
      authority.write("ca.crt", pem("CERTIFICATE", authority.certificate.getEncoded()));
      return authority;
    } catch (IOException | GeneralSecurityException | OperatorCreationException e) {
      throw new EmbeddedException("no certificates can be made in " + directory + ": " + e, e);
    }
  }

  /** PEM of its own certificate: what trusts it is given this. */
  public Path certificate() {
    return directory.resolve("ca.crt");
  }

  /** Key and certificate of CN={@code subject}, for localhost and 127.0.0.1. */
  public Path issue(String subject) {
    return issue(subject, Instant.now().plus(VALID));
  }

  /** The same with a certificate that ends, or has ended, at a time. */
  public Path issue(String subject, Instant end) {
    try {
      KeyPair own = keys();
      X509Certificate signed = sign(new X500Name("CN=" + subject), own, end, false);
      return write(
          subject + ".pem",
          pem("PRIVATE KEY", own.getPrivate().getEncoded())
              + pem("CERTIFICATE", signed.getEncoded()));
    } catch (IOException | GeneralSecurityException | OperatorCreationException e) {
      throw new EmbeddedException("no certificate for " + subject + " can be made: " + e, e);
    }
  }

  private static KeyPair keys() throws GeneralSecurityException {
    KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
    generator.initialize(new ECGenParameterSpec("secp256r1"));
    return generator.generateKeyPair();
  }

  private X509Certificate sign(X500Name subject, KeyPair own, Instant end, boolean authority)
      throws GeneralSecurityException, OperatorCreationException, CertIOException {
    // A clock that is a little behind must not find it to be of the future.
    Instant begin = end.minus(VALID).minus(Duration.ofDays(1));
    JcaX509v3CertificateBuilder builder =
        new JcaX509v3CertificateBuilder(
            name,
            new BigInteger(120, RANDOM),
            Date.from(begin),
            Date.from(end),
            subject,
            own.getPublic());
    builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(authority));
    if (!authority) {
      GeneralName[] hosts = {
        new GeneralName(GeneralName.dNSName, "localhost"),
        new GeneralName(GeneralName.iPAddress, "127.0.0.1")
      };
      builder.addExtension(Extension.subjectAlternativeName, false, new GeneralNames(hosts));
    }
    return new JcaX509CertificateConverter()
        .getCertificate(
            builder.build(new JcaContentSignerBuilder("SHA256withECDSA").build(keys.getPrivate())));
  }

  private static String pem(String kind, byte[] der) {
    Base64.Encoder lines = Base64.getMimeEncoder(64, new byte[] {'\n'});
    return "-----BEGIN %s-----\n%s\n-----END %s-----\n"
        .formatted(kind, lines.encodeToString(der), kind);
  }

  private Path write(String file, String text) throws IOException {
    return OwnerOnlyFile.write(directory.resolve(file), text);
  }
}
