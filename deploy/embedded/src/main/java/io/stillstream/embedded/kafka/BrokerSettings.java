package io.stillstream.embedded.kafka;

import java.nio.file.Path;
import java.util.Properties;
import org.apache.kafka.metadata.authorizer.StandardAuthorizer;

/** The server properties of a one-node KRaft cluster on loopback. */
final class BrokerSettings {
  static final int NODE_ID = 1;
  static final String CONTROLLER_LISTENER = "CONTROLLER";

  /** User name of the broker itself, where clients have names. */
  static final String BROKER = "broker";

  private static final String HOST = "127.0.0.1";

  private BrokerSettings() {}

  static String bootstrapServers(int port) {
    return HOST + ":" + port;
  }

  static Properties of(Path directory, int port, int controllerPort) {
    Properties p = common(directory, controllerPort);
    listeners(p, port, controllerPort);
    return p;
  }

  /**
   * The same with TLS, authentication and an authorizer.
   *
   * @param passwordPort for clients with a password
   * @param certificatePort for clients with a certificate, and for the broker itself
   * @param identity PEM of the broker's key and certificate
   * @param trusted PEM of the authority of all certificates
   * @param admin the user who may do everything
   */
  static Properties secured(
      Path directory,
      int passwordPort,
      int certificatePort,
      int controllerPort,
      Path identity,
      Path trusted,
      String admin) {
    Properties p = common(directory, controllerPort);
    String clients =
        "SASL_SSL://%s,SSL://%s"
            .formatted(bootstrapServers(passwordPort), bootstrapServers(certificatePort));
    p.put(
        "listeners",
        clients + "," + CONTROLLER_LISTENER + "://" + bootstrapServers(controllerPort));
    p.put("advertised.listeners", clients);
    p.put("listener.security.protocol.map", "SASL_SSL:SASL_SSL,SSL:SSL,CONTROLLER:SSL");
    p.put("inter.broker.listener.name", "SSL");
    p.put("listener.name.ssl.ssl.client.auth", "required");
    // The broker comes to the controller with its certificate, too: no other client may.
    p.put("listener.name.controller.ssl.client.auth", "required");
    p.put("ssl.keystore.type", "PEM");
    p.put("ssl.keystore.location", identity.toString());
    p.put("ssl.truststore.type", "PEM");
    p.put("ssl.truststore.location", trusted.toString());
    p.put("ssl.principal.mapping.rules", "RULE:^CN=([^,]+).*$/$1/,DEFAULT");
    p.put("sasl.enabled.mechanisms", "SCRAM-SHA-512");
    p.put(
        "listener.name.sasl_ssl.scram-sha-512.sasl.jaas.config",
        "org.apache.kafka.common.security.scram.ScramLoginModule required;");
    p.put("authorizer.class.name", StandardAuthorizer.class.getName());
    p.put("super.users", "User:%s;User:%s".formatted(BROKER, admin));
    p.put("allow.everyone.if.no.acl.found", "false");
    return p;
  }

  private static Properties common(Path directory, int controllerPort) {
    Properties p = new Properties();
    p.put("process.roles", "broker,controller");
    p.put("node.id", Integer.toString(NODE_ID));
    p.put("log.dirs", directory.toString());
    p.put("controller.listener.names", CONTROLLER_LISTENER);
    p.put("controller.quorum.voters", NODE_ID + "@" + HOST + ":" + controllerPort);
    oneNode(p);
    quickRestart(p);
    small(p);
    patient(p);
    p.put("auto.create.topics.enable", "false");
    p.put("message.max.bytes", Integer.toString(8 * 1024 * 1024));
    p.put("replica.fetch.max.bytes", Integer.toString(8 * 1024 * 1024));
    // Retention that passes by a demo left alone over a week-end would break "nothing is lost".
    p.put("offsets.retention.minutes", Integer.toString(30 * 24 * 60));
    return p;
  }

  private static void listeners(Properties p, int port, int controllerPort) {
    String broker = "PLAINTEXT://" + bootstrapServers(port);
    p.put("listeners", broker + "," + CONTROLLER_LISTENER + "://" + HOST + ":" + controllerPort);
    // Explicit, or the broker advertises the machine's name, which need not resolve to loopback.
    p.put("advertised.listeners", broker);
    p.put("listener.security.protocol.map", "PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT");
    p.put("inter.broker.listener.name", "PLAINTEXT");
  }

  private static void oneNode(Properties p) {
    p.put("offsets.topic.replication.factor", "1");
    p.put("offsets.topic.num.partitions", "1");
    p.put("transaction.state.log.replication.factor", "1");
    p.put("transaction.state.log.min.isr", "1");
    p.put("transaction.state.log.num.partitions", "1");
    p.put("share.coordinator.state.topic.replication.factor", "1");
    p.put("share.coordinator.state.topic.min.isr", "1");
    p.put("share.coordinator.state.topic.num.partitions", "1");
    p.put("default.replication.factor", "1");
    p.put("min.insync.replicas", "1");
    p.put("num.partitions", "1");
  }

  private static void quickRestart(Properties p) {
    p.put("group.initial.rebalance.delay.ms", "0");
    p.put("group.min.session.timeout.ms", "1000");
    // A client that died is done with at its transaction's time-out, not up to 10 s after it.
    p.put("transaction.abort.timed.out.transaction.cleanup.interval.ms", "1000");
    // No broker could take over from the only one. Fencing it because the machine was busy for a
    // while would only take its partitions from it for a moment, which StaleBrokerCleanup tells of.
    p.put("broker.session.timeout.ms", "600000");
  }

  /**
   * A JVM that has just started, on a busy machine, takes its time. Neither setting makes it wait.
   */
  private static void patient(Properties p) {
    // The controller has half of it for each heartbeat, and calls itself overloaded after that.
    p.put("broker.heartbeat.interval.ms", "5000");
    // How long the broker tries to add a partition to a transaction while the one before is being
    // completed, before it refuses the batch; those sent behind it are out of order then.
    p.put("add.partitions.to.txn.retry.backoff.max.ms", "5000");
  }

  private static void small(Properties p) {
    // The cleaner's default of 128 MB of heap is for brokers with thousands of partitions.
    p.put("log.cleaner.dedupe.buffer.size", Integer.toString(4 * 1024 * 1024));
    p.put("num.network.threads", "2");
    p.put("num.io.threads", "4");
    p.put("background.threads", "2");
    p.put("num.recovery.threads.per.data.dir", "2");
  }
}
