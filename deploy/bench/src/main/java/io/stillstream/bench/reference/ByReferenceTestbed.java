package io.stillstream.bench.reference;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.stillstream.bench.input.BenchmarkPolicies;
import io.stillstream.containers.store.S3ProxyProcess;
import io.stillstream.embedded.LoopbackPorts;
import io.stillstream.embedded.pipeline.InstanceSettings;
import io.stillstream.embedded.pipeline.PipelineDescription;
import io.stillstream.embedded.pipeline.PipelineService;
import io.stillstream.embedded.pipeline.ServiceSettingsFiles;
import io.stillstream.embedded.process.JavaProcess;
import io.stillstream.embedded.process.PipelineProcesses;
import io.stillstream.embedded.process.ServiceProcess;
import io.stillstream.local.topics.TopicsAdmin;
import io.stillstream.runtime.config.StartupException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;

/**
 * The augmenter, a broker with a registry, and a server of S3, each in a process of its own, so
 * that the work of each can be told.
 */
final class ByReferenceTestbed implements AutoCloseable {
  static final int PARTITIONS = 2;
  static final int VIEWS = 4;

  /** Of objects that wait in the augmenter; its default. */
  static final long MAX_TOTAL_BYTES = 128 << 20;

  private static final String BUCKET = "images";
  private static final String AUGMENTER = "augmenter";
  private static final Duration START_TIMEOUT = Duration.ofMinutes(3);

  // All of the heap is there from the start, so that growing memory is native.
  private static final List<String> HEAP = List.of("-Xms512m", "-Xmx512m", "-XX:+AlwaysPreTouch");

  private final S3ProxyProcess store;
  private final Path bucket;
  private final JavaProcess broker;
  private final ServiceProcess augmenter;
  private final Map<String, String> clients;

  /**
   * Starts everything, and returns when all is ready.
   *
   * @param home the project's directory
   * @param directory for settings, logs, data and objects
   * @param latency of the server of S3, for each request
   */
  ByReferenceTestbed(Path home, Path directory, Duration latency) {
    try {
      Files.createDirectories(directory);
      store =
          S3ProxyProcess.start(
              directory.resolve("s3"), directory.resolve("objects"), false, latency);
    } catch (IOException e) {
      throw new StartupException("S3Proxy cannot be started: " + e.getMessage(), e);
    }
    int[] ports = LoopbackPorts.freePair("kafka and registry");
    clients =
        Map.of(
            "bootstrap.servers", "127.0.0.1:" + ports[0],
            "schema.registry.url", "http://127.0.0.1:" + ports[1]);
    PipelineProcesses processes =
        new PipelineProcesses(home, directory, List.of("-Djava.io.tmpdir=" + directory));
    broker =
        processes.kafkaAndRegistry(
            List.of("-Xmx1g", "-Dlogback.configurationFile=io/stillstream/bench/logback-bench.xml"),
            ports[0],
            ports[1]);
    int management = LoopbackPorts.free(0, "management");
    augmenter =
        processes.service(PipelineService.AUGMENTER, AUGMENTER, HEAP, OptionalInt.of(management));
    try {
      bucket = store.createBucket(BUCKET);
      broker.start();
      PipelineProcesses.awaitServers(broker, START_TIMEOUT);
      TopicsAdmin.createAll(clients, PARTITIONS);
      writeSettings(home, directory, management);
      augmenter.process().start(Map.of("STILLSTREAM_LOG_LEVEL", "WARN"));
      PipelineProcesses.awaitReady(augmenter, START_TIMEOUT);
    } catch (IOException e) {
      close();
      throw new StartupException("the bucket cannot be made: " + e.getMessage(), e);
    } catch (RuntimeException e) {
      close();
      throw e;
    }
  }

  /** The policy of the row {@code kafka-photo-jpeg}; what is not given here has its default. */
  private void writeSettings(Path home, Path directory, int management) {
    ObjectNode policy = (ObjectNode) BenchmarkPolicies.tree("photo");
    Path models = home.resolve("deploy/models");
    PipelineDescription pipeline =
        new PipelineDescription(
            models.resolve("fashion-mnist-mlp128"),
            models.resolve("mlp"),
            VIEWS,
            new PipelineDescription.ViewFormat(
                policy.path("output").path("height").asInt(),
                policy.path("output").path("width").asInt(),
                3,
                "jpeg"),
            policy.path("operations").toString());
    String more =
        """
        management: {host: 127.0.0.1, port: %d}
        fetch:
          allow: ["s3://%s/"]
          store: {endpoint: "%s", credentials: {access-key: %s, secret-key: %s}}
          max-total-bytes: %d
        """
            .formatted(
                management,
                BUCKET,
                store.endpoint(),
                S3ProxyProcess.ACCESS_KEY,
                S3ProxyProcess.SECRET_KEY,
                MAX_TOTAL_BYTES);
    new ServiceSettingsFiles(directory, pipeline)
        .augmenter(
            new InstanceSettings(AUGMENTER, "0", directory.resolve("streams"), clients, more));
  }

  /** The directory whose files are the objects of the bucket that the augmenter may read. */
  Path bucket() {
    return bucket;
  }

  /** Settings of clients. */
  Map<String, String> clients() {
    return clients;
  }

  ServiceProcess augmenter() {
    return augmenter;
  }

  /** Processor time of each process since its start. */
  ProcessorTimes processorTimes() {
    return new ProcessorTimes(
        nanos(augmenter.process().handle()), nanos(broker.handle()), nanos(store.handle()));
  }

  private static long nanos(ProcessHandle process) {
    return process.info().totalCpuDuration().map(Duration::toNanos).orElse(0L);
  }

  @Override
  public void close() {
    augmenter.process().close();
    broker.close();
    store.close();
  }
}
