package io.stillstream.embedded.kafka;

import java.nio.file.Path;
import java.util.List;
import java.util.Properties;
import java.util.concurrent.CompletableFuture;
import kafka.server.BrokerServer;
import kafka.server.ControllerServer;
import kafka.server.KafkaConfig;
import kafka.server.KafkaRaftServer;
import kafka.server.Server;
import kafka.server.SharedServer;
import kafka.server.StandardFaultHandlerFactory;
import org.apache.kafka.common.utils.Time;
import org.apache.kafka.raft.QuorumConfig;
import org.apache.kafka.server.ServerSocketFactory;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Controller and broker as {@link KafkaRaftServer} makes them, but started one after the other, so
 * that the broker which a kill left registered is gone before its successor reads the metadata.
 */
final class KraftNode {
  private static final Logger log = LoggerFactory.getLogger(KraftNode.class);

  private final SharedServer shared;
  private final ControllerServer controller;
  private final BrokerServer broker;

  private KraftNode(KafkaConfig config, ServerSocketFactory listeners) {
    var directory = KafkaRaftServer.initializeLogDirs(config, log, "");
    shared =
        new SharedServer(
            config,
            directory._1(),
            Time.SYSTEM,
            Server.initializeMetrics(config, Time.SYSTEM, directory._1().clusterId().orElseThrow()),
            CompletableFuture.completedFuture(
                QuorumConfig.parseVoterConnections(config.quorumConfig().voters())),
            List.of(),
            new StandardFaultHandlerFactory(),
            listeners);
    broker = new BrokerServer(shared);
    controller = new ControllerServer(shared, KafkaRaftServer.configSchema(), directory._2());
  }

  /**
   * Prepares the directory and starts a node; returns when the broker takes requests.
   *
   * @param listeners gives the sockets of the listeners in {@code settings}
   * @throws io.stillstream.embedded.EmbeddedException when the directory cannot be written, is in
   *     use, damaged, or holds something else
   */
  static KraftNode start(Path directory, Properties settings, ServerSocketFactory listeners) {
    BrokerDirectory.prepare(directory);
    try {
      KraftNode node = new KraftNode(KafkaConfig.fromProps(settings, false), listeners);
      // Should this fail halfway, what already runs is left to the end of the process: shutting
      // down a server that never came up waits for ever.
      node.controller.startup();
      StaleBrokerCleanup.unregister(
          BrokerSettings.NODE_ID, node.controller.controller(), node.shared.loader());
      node.broker.startup();
      return node;
    } catch (RuntimeException e) {
      throw BrokerDirectory.unusable(directory, e);
    }
  }

  /** The broker first: it tells the controller that it goes. A second call does nothing. */
  void stop() {
    broker.shutdown();
    controller.shutdown();
    broker.awaitShutdown();
    controller.awaitShutdown();
  }
}
