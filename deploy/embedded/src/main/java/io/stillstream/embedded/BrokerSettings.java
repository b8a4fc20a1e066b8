package io.stillstream.embedded;

import java.nio.file.Path;
import java.util.Properties;

/** The server properties of a one-node KRaft cluster on loopback. */
final class BrokerSettings {
  static final int NODE_ID = 1;
  static final String CONTROLLER_LISTENER = "CONTROLLER";
  private static final String HOST = "127.0.0.1";

  private BrokerSettings() {}

  static String bootstrapServers(int port) {
    return HOST + ":" + port;
  }

  static Properties of(Path directory, int port, int controllerPort) {
    Properties p = new Properties();
    p.put("process.roles", "broker,controller");
    p.put("node.id", Integer.toString(NODE_ID));
    p.put("log.dirs", directory.toString());
    listeners(p, port, controllerPort);
    oneNode(p);
    quickRestart(p);
    small(p);
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
    p.put("controller.listener.names", CONTROLLER_LISTENER);
    p.put("controller.quorum.voters", NODE_ID + "@" + HOST + ":" + controllerPort);
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
    // After kill -9 the controller takes the same node back only once its old session is over.
    p.put("broker.session.timeout.ms", "2000");
    p.put("broker.heartbeat.interval.ms", "200");
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
