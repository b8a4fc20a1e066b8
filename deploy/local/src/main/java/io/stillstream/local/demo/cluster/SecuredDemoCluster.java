package io.stillstream.local.demo.cluster;

import io.stillstream.embedded.TestCertificateAuthority;
import io.stillstream.embedded.kafka.SecuredKafka;
import io.stillstream.embedded.registry.DevelopmentRegistry;
import io.stillstream.embedded.registry.RegistryAccess;
import io.stillstream.local.access.AclAdmin;
import io.stillstream.local.access.Role;
import io.stillstream.local.broker.StateDirectory;
import io.stillstream.local.demo.settings.DemoSettings;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * A cluster with authentication: a broker with TLS, users and ACLs, and a registry with users.
 * Every role has a user and a password of its own, the same at both, which is kept in a file.
 */
public final class SecuredDemoCluster implements DemoCluster {
  private static final List<String> ROLES = List.of(AUGMENTER, LABELER, TRAINER, PAGE, DEMO);

  private final SecuredKafka kafka;
  private final DevelopmentRegistry registry;
  private final TestCertificateAuthority authority;
  private final Map<String, String> passwords;

  private SecuredDemoCluster(
      SecuredKafka kafka,
      DevelopmentRegistry registry,
      TestCertificateAuthority authority,
      Map<String, String> passwords) {
    this.kafka = kafka;
    this.registry = registry;
    this.authority = authority;
    this.passwords = passwords;
  }

  /** Starts the embedded broker and registry. */
  public static SecuredDemoCluster start(StateDirectory directory, DemoSettings.Ports ports) {
    PasswordFiles secrets = new PasswordFiles(directory.secrets());
    Map<String, String> passwords = new TreeMap<>();
    RegistryAccess access = RegistryAccess.open();
    for (String role : ROLES) {
      passwords.put(role, secrets.password(role));
      access = access.withUser(role, passwords.get(role));
    }
    TestCertificateAuthority authority =
        TestCertificateAuthority.create(directory.secrets(), "stillstream demo");
    DevelopmentRegistry registry =
        DevelopmentRegistry.start(directory.registry(), ports.registry(), access);
    SecuredKafka kafka;
    try {
      kafka = SecuredKafka.start(directory.kafka(), ports.kafka(), authority);
    } catch (RuntimeException e) {
      registry.close();
      throw e;
    }
    passwords.forEach(kafka::user);
    return new SecuredDemoCluster(kafka, registry, authority, passwords);
  }

  @Override
  public Map<String, String> clients(String role) {
    return withRegistry(role, kafka.password(role, passwords.get(role)));
  }

  /** The same for a role that shows the broker a certificate. */
  public Map<String, String> byCertificate(String role) {
    return withRegistry(role, kafka.certificate(authority.issue(role)));
  }

  private Map<String, String> withRegistry(String role, Map<String, String> broker) {
    Map<String, String> settings = new TreeMap<>(broker);
    settings.put("schema.registry.url", registry.url().toString());
    settings.put("basic.auth.credentials.source", "USER_INFO");
    settings.put("basic.auth.user.info", role + ":" + passwords.get(role));
    return settings;
  }

  @Override
  public Map<String, String> admin() {
    return kafka.admin();
  }

  @Override
  public void grantAcls(List<Role> roles) {
    try (AclAdmin admin = new AclAdmin(kafka.admin())) {
      admin.grant(roles);
    }
  }

  @Override
  public void close() {
    kafka.close();
    registry.close();
  }
}
