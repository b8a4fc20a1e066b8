package io.stillstream.faults.pipeline;

import static io.stillstream.faults.pipeline.PipelineUnderTest.await;

import io.stillstream.embedded.LoopbackPorts;
import io.stillstream.embedded.process.JavaProcess;
import io.stillstream.runtime.kafka.KafkaSettings;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.stream.Collectors;
import kafka.Kafka;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.metadata.storage.Formatter;
import org.apache.kafka.server.common.MetadataVersion;

/**
 * Three Kafka brokers, each a process of its own with Kafka's own main class. Node 1 is the
 * controller, too, and has the topics of offsets and transactions, without replicas: it is not to
 * be killed. So what happens to nodes 2 and 3 happens to the topics that are placed there, and to
 * nothing else.
 */
public final class BrokerCluster implements AutoCloseable {
  public static final List<Integer> NODES = List.of(1, 2, 3);

  private static final String CONTROLLER = "CONTROLLER";
  private static final List<String> OPTIONS = List.of("-Xmx256m", "-XX:TieredStopAtLevel=1");
  private static final int LARGEST_RECORD = 8 << 20;

  private final List<JavaProcess> brokers = new ArrayList<>();
  private final String bootstrapServers;

  /** Starts all, and returns when all of them are there. */
  public BrokerCluster(Path directory) {
    int[] one = LoopbackPorts.freePair("controller and broker");
    int[] others = LoopbackPorts.freePair("brokers");
    List<Integer> ports = List.of(one[1], others[0], others[1]);
    bootstrapServers =
        ports.stream().map(port -> "127.0.0.1:" + port).collect(Collectors.joining(","));
    String cluster = Uuid.randomUuid().toString();
    for (int node : NODES) {
      Path home = directory.resolve("broker-" + node);
      Path settings = directory.resolve("broker-" + node + ".properties");
      try {
        Files.createDirectories(home);
        Files.writeString(settings, properties(node, home, ports.get(node - 1), one[0]));
        format(cluster, node, home);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
      brokers.add(
          JavaProcess.ofMain(
              "broker-" + node,
              directory.resolve("broker-" + node + ".log"),
              OPTIONS,
              Kafka.class,
              List.of(settings.toString())));
    }
    try {
      broker(1).start();
      makeInternalTopics();
      NODES.stream().skip(1).forEach(node -> broker(node).start());
      awaitBrokers(NODES.size());
    } catch (RuntimeException | Error e) {
      close();
      throw e;
    }
  }

  public String bootstrapServers() {
    return bootstrapServers;
  }

  /** The process of a node, from 1. */
  public JavaProcess broker(int node) {
    return brokers.get(node - 1);
  }

  /** Waits until so many brokers can be asked. */
  public void awaitBrokers(int count) {
    try (Admin admin = admin()) {
      await(count + " brokers")
          .ignoreExceptionsInstanceOf(ExecutionException.class)
          .until(() -> admin.describeCluster().nodes().get().size() == count);
    }
  }

  private Admin admin() {
    return Admin.create(KafkaSettings.admin(Map.of("bootstrap.servers", bootstrapServers)));
  }

  /** While there is one broker: they stay on it. */
  private void makeInternalTopics() {
    awaitBrokers(1);
    try (Admin admin = admin();
        Producer<byte[], byte[]> producer =
            new KafkaProducer<>(
                KafkaSettings.producer(
                    Map.of("bootstrap.servers", bootstrapServers),
                    Map.of("transactional.id", "first")))) {
      await("the topic of offsets")
          .ignoreExceptionsInstanceOf(ExecutionException.class)
          .until(
              () ->
                  admin
                      .listConsumerGroupOffsets("none")
                      .partitionsToOffsetAndMetadata()
                      .get()
                      .isEmpty());
      producer.initTransactions();
    }
  }

  private static String properties(int node, Path home, int port, int controllerPort) {
    String broker = "PLAINTEXT://127.0.0.1:" + port;
    String controller = ",%s://127.0.0.1:%d".formatted(CONTROLLER, controllerPort);
    return """
        process.roles=%s
        node.id=%d
        log.dirs=%s
        controller.quorum.voters=1@127.0.0.1:%d
        controller.listener.names=%s
        listeners=%s
        advertised.listeners=%s
        listener.security.protocol.map=PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT
        inter.broker.listener.name=PLAINTEXT
        offsets.topic.replication.factor=1
        offsets.topic.num.partitions=1
        transaction.state.log.replication.factor=1
        transaction.state.log.min.isr=1
        transaction.state.log.num.partitions=1
        transaction.abort.timed.out.transaction.cleanup.interval.ms=1000
        group.initial.rebalance.delay.ms=0
        group.min.session.timeout.ms=1000
        broker.session.timeout.ms=6000
        broker.heartbeat.interval.ms=1000
        auto.create.topics.enable=false
        message.max.bytes=%d
        replica.fetch.max.bytes=%d
        log.cleaner.dedupe.buffer.size=4194304
        """
        .formatted(
            node == 1 ? "broker,controller" : "broker",
            node,
            home,
            controllerPort,
            CONTROLLER,
            broker + (node == 1 ? controller : ""),
            broker,
            LARGEST_RECORD,
            LARGEST_RECORD);
  }

  private static void format(String cluster, int node, Path home) {
    try {
      new Formatter()
          .setPrintStream(
              new PrintStream(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8))
          .setNodeId(node)
          .setClusterId(cluster)
          .setReleaseVersion(MetadataVersion.LATEST_PRODUCTION)
          .setControllerListenerName(CONTROLLER)
          .setDirectories(List.of(home.toString()))
          .setMetadataLogDirectory(home.toString())
          .run();
    } catch (Exception e) {
      throw new IllegalStateException("the storage of broker " + node + " cannot be made", e);
    }
  }

  @Override
  public void close() {
    brokers.forEach(JavaProcess::close);
  }
}
