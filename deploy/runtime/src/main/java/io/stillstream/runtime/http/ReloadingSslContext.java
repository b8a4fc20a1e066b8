package io.stillstream.runtime.http;

import io.stillstream.runtime.config.StartupException;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.security.KeyStore;
import java.util.List;
import javax.net.ssl.SSLEngine;
import org.eclipse.jetty.util.ssl.SslContextFactory;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The endpoint's TLS context. It reads its certificate again when a connection comes and the files
 * have changed, so that a renewed certificate needs no restart. It keeps the former certificate
 * while the files are not good.
 */
final class ReloadingSslContext extends SslContextFactory.Server {
  private static final Logger LOG = LoggerFactory.getLogger(ReloadingSslContext.class);

  /** What shows that a file is another one: in Kubernetes a link that leads elsewhere. */
  private record FileVersion(FileTime modified, long size) {
    static FileVersion of(Path file) throws IOException {
      return new FileVersion(Files.getLastModifiedTime(file), Files.size(file));
    }
  }

  private final ManagementSettings.Tls files;
  private List<FileVersion> seen = List.of();
  private KeyStore current;
  private String problem;

  /**
   * @throws StartupException if the files are not good
   */
  ReloadingSslContext(ManagementSettings.Tls files) {
    this.files = files;
    this.current = ServerIdentity.read(files);
    setKeyStorePassword(ServerIdentity.PASSWORD);
    setKeyStore(current);
  }

  @Override
  public SSLEngine newSSLEngine(InetSocketAddress client) {
    renew();
    return super.newSSLEngine(client);
  }

  private synchronized void renew() {
    try {
      List<FileVersion> now =
          List.of(FileVersion.of(files.certificate()), FileVersion.of(files.key()));
      if (now.equals(seen)) {
        return;
      }
      problem = null;
      // Before they are read: files that are exchanged meanwhile are read again the next time.
      seen = now;
      KeyStore read = ServerIdentity.read(files);
      if (ServerIdentity.chain(read).equals(ServerIdentity.chain(current))) {
        return;
      }
      reload(context -> context.setKeyStore(read));
      current = read;
      LOG.atInfo()
          .addKeyValue("file", files.certificate())
          .addKeyValue("until", ServerIdentity.chain(read).get(0).getNotAfter().toInstant())
          .log("the management endpoint's certificate is renewed");
    } catch (IOException | StartupException e) {
      warnOnce(String.valueOf(e.getMessage()));
    } catch (Exception e) {
      throw new IllegalStateException("a key that was read cannot be used", e);
    }
  }

  /** Connections come every few seconds, and anyone may make them. */
  private void warnOnce(String what) {
    if (!what.equals(problem)) {
      problem = what;
      LOG.atWarn()
          .addKeyValue("problem", what)
          .log("the management endpoint keeps its former certificate");
    }
  }
}
