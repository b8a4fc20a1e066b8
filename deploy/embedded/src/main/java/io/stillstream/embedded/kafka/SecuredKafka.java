package io.stillstream.embedded.kafka;

import io.stillstream.embedded.EmbeddedException;
import io.stillstream.embedded.TestCertificateAuthority;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ScramCredentialInfo;
import org.apache.kafka.clients.admin.ScramMechanism;
import org.apache.kafka.clients.admin.UserScramCredentialUpsertion;

/**
 * The embedded broker with authentication: every listener speaks TLS, clients show a password
 * (SASL_SSL, SCRAM-SHA-512) or a certificate (SSL), and an authorizer refuses whatever no ACL
 * allows. A client's principal is {@code User:NAME}, where NAME is its user or the CN of its
 * certificate. {@code User:admin} and the broker itself may do everything.
 */
public final class SecuredKafka implements AutoCloseable {
  private static final String ADMIN = "admin";
  private static final int ITERATIONS = 4096;
  private static final long PATIENCE_SECONDS = 30;

  private final KraftNode node;
  private final TestCertificateAuthority authority;
  private final String passwordServers;
  private final String certificateServers;
  private final Path adminFile;

  private SecuredKafka(
      KraftNode node, TestCertificateAuthority authority, int passwordPort, int certificatePort) {
    this.node = node;
    this.authority = authority;
    this.passwordServers = BrokerSettings.bootstrapServers(passwordPort);
    this.certificateServers = BrokerSettings.bootstrapServers(certificatePort);
    this.adminFile = authority.issue(ADMIN);
  }

  /**
   * Starts the broker and returns when it takes requests. Users and ACLs are kept with the topics.
   *
   * @param directory where it stores, see {@link EmbeddedKafka#start}
   * @param port of 127.0.0.1 for clients with a password, or 0 for any free one
   * @param authority signs the broker's certificate, and those of clients who show one
   * @throws EmbeddedException as {@link EmbeddedKafka#start}
   */
  public static SecuredKafka start(Path directory, int port, TestCertificateAuthority authority) {
    Path home = directory.toAbsolutePath();
    try (BoundListeners listeners = new BoundListeners()) {
      int passwordPort = listeners.bind("SASL_SSL", port, "Kafka");
      int certificatePort = listeners.bind("SSL", 0, "Kafka");
      int controllerPort =
          listeners.bind(BrokerSettings.CONTROLLER_LISTENER, 0, "Kafka controller");
      Properties settings =
          BrokerSettings.secured(
              home,
              passwordPort,
              certificatePort,
              controllerPort,
              authority.issue(BrokerSettings.BROKER),
              authority.certificate(),
              ADMIN);
      return new SecuredKafka(
          KraftNode.start(home, settings, listeners), authority, passwordPort, certificatePort);
    }
  }

  /** Makes a user, or gives it another password. */
  public void user(String name, String password) {
    try (Admin admin = Admin.create(Map.<String, Object>copyOf(admin()))) {
      ScramCredentialInfo kind = new ScramCredentialInfo(ScramMechanism.SCRAM_SHA_512, ITERATIONS);
      admin
          .alterUserScramCredentials(
              List.of(new UserScramCredentialUpsertion(name, kind, password)))
          .all()
          .get(PATIENCE_SECONDS, TimeUnit.SECONDS);
    } catch (ExecutionException | TimeoutException e) {
      throw new EmbeddedException("user " + name + " could not be made: " + e, e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new EmbeddedException("interrupted", e);
    }
  }

  /** Settings of a client who may do everything. */
  public Map<String, String> admin() {
    return certificate(adminFile);
  }

  /** Settings of a client with a certificate: a file of {@link TestCertificateAuthority#issue}. */
  public Map<String, String> certificate(Path file) {
    return Map.of(
        "bootstrap.servers",
        certificateServers,
        "security.protocol",
        "SSL",
        "ssl.truststore.type",
        "PEM",
        "ssl.truststore.location",
        authority.certificate().toString(),
        "ssl.keystore.type",
        "PEM",
        "ssl.keystore.location",
        file.toString());
  }

  /** Settings of a client with a password. */
  public Map<String, String> password(String user, String password) {
    return Map.of(
        "bootstrap.servers",
        passwordServers,
        "security.protocol",
        "SASL_SSL",
        "ssl.truststore.type",
        "PEM",
        "ssl.truststore.location",
        authority.certificate().toString(),
        "sasl.mechanism",
        "SCRAM-SHA-512",
        "sasl.jaas.config",
        "org.apache.kafka.common.security.scram.ScramLoginModule required username=\"%s\" password=\"%s\";"
            .formatted(user, password));
  }

  /** Stops the broker; what it stored stays. A second call does nothing. */
  @Override
  public void close() {
    node.stop();
  }
}
