package io.stillstream.runtime.http;

import io.stillstream.runtime.config.StartupException;
import java.io.IOException;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.security.Principal;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.util.List;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.X509ExtendedKeyManager;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The endpoint's certificate, read again when a connection comes and its files are others than
 * before: certificates are renewed every few weeks, and nobody should have to restart for it. What
 * is not good is not taken, and the former certificate stays.
 */
final class ReloadingKeyManager extends X509ExtendedKeyManager {
  private static final Logger LOG = LoggerFactory.getLogger(ReloadingKeyManager.class);

  /** What shows that a file is another one: in Kubernetes a link that leads elsewhere. */
  private record FileVersion(FileTime modified, long size) {
    static FileVersion of(Path file) throws IOException {
      return new FileVersion(Files.getLastModifiedTime(file), Files.size(file));
    }
  }

  /** By its alias, a handshake that has begun with an identity finds the same one to the end. */
  private record AliasedIdentity(String alias, ServerIdentity identity) {}

  private final ManagementSettings.Tls files;
  private List<FileVersion> seen;
  private String problem;
  private AliasedIdentity current;
  private AliasedIdentity former;

  /**
   * @throws StartupException if the files are not good
   */
  ReloadingKeyManager(ManagementSettings.Tls files) {
    this.files = files;
    this.seen = List.of();
    this.current = new AliasedIdentity("0", ServerIdentity.read(files));
    this.former = current;
  }

  @Override
  public synchronized String chooseEngineServerAlias(
      String keyType, Principal[] issuers, SSLEngine engine) {
    renew();
    return current.identity().key().getAlgorithm().equals(keyType) ? current.alias() : null;
  }

  @Override
  public synchronized PrivateKey getPrivateKey(String alias) {
    return named(alias).key();
  }

  @Override
  public synchronized X509Certificate[] getCertificateChain(String alias) {
    return named(alias).chain().toArray(X509Certificate[]::new);
  }

  private ServerIdentity named(String alias) {
    return alias.equals(current.alias()) ? current.identity() : former.identity();
  }

  private void renew() {
    try {
      List<FileVersion> now =
          List.of(FileVersion.of(files.certificate()), FileVersion.of(files.key()));
      if (now.equals(seen)) {
        return;
      }
      problem = null;
      // Before they are read: files that are exchanged meanwhile are read again the next time.
      seen = now;
      ServerIdentity read = ServerIdentity.read(files);
      if (read.chain().equals(current.identity().chain())) {
        return;
      }
      former = current;
      current = new AliasedIdentity(Integer.toString(Integer.parseInt(former.alias()) + 1), read);
      LOG.atInfo()
          .addKeyValue("file", files.certificate())
          .addKeyValue("until", read.chain().get(0).getNotAfter().toInstant())
          .log("the management endpoint's certificate is renewed");
    } catch (IOException | StartupException e) {
      tell(String.valueOf(e.getMessage()));
    }
  }

  /** Once: connections come every few seconds, and anybody may make them. */
  private void tell(String what) {
    if (!what.equals(problem)) {
      problem = what;
      LOG.atWarn()
          .addKeyValue("problem", what)
          .log("the management endpoint keeps its former certificate");
    }
  }

  @Override
  public String chooseServerAlias(String keyType, Principal[] issuers, Socket socket) {
    return null;
  }

  @Override
  public String[] getServerAliases(String keyType, Principal[] issuers) {
    return new String[0];
  }

  @Override
  public String chooseClientAlias(String[] keyType, Principal[] issuers, Socket socket) {
    return null;
  }

  @Override
  public String[] getClientAliases(String keyType, Principal[] issuers) {
    return new String[0];
  }
}
