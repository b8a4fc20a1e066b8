package io.stillstream.runtime.http.client;

import io.stillstream.runtime.config.StartupException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;

/** The authorities that an HTTP client trusts. */
public final class TrustedAuthorities {
  private TrustedAuthorities() {}

  /**
   * Those of a PEM file.
   *
   * @param key of the setting that names the file
   * @throws StartupException naming the key, if the file has no certificate or cannot be read
   */
  public static TrustManager[] read(String key, Path file) {
    try (InputStream in = Files.newInputStream(file)) {
      KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
      store.load(null, null);
      int count = 0;
      for (Certificate one : CertificateFactory.getInstance("X.509").generateCertificates(in)) {
        store.setCertificateEntry("authority-" + count++, one);
      }
      if (count == 0) {
        throw new StartupException(key + ": " + file + " has no certificate");
      }
      TrustManagerFactory factory =
          TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
      factory.init(store);
      return factory.getTrustManagers();
    } catch (IOException | GeneralSecurityException e) {
      throw new StartupException(key + ": " + file + " cannot be read: " + e.getMessage(), e);
    }
  }
}
