package io.stillstream.bench.reference;

import com.fasterxml.jackson.databind.JsonNode;
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
import io.stillstream.local.topics.TopicsConfig;
import io.stillstream.local.topics.TopicsConfig.TopicSettings;
import io.stillstream.runtime.config.StartupException;
import io.stillstream.schemas.topics.Topics;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * Two augmenters, one for images by value and one for images by reference, a broker with a
 * registry, and a server of S3. Each is a process of its own, so that the work of each can be told.
 */
final class ByReferenceTestbed implements AutoCloseable {
  static final int PARTITIONS = 2;

  /** Of objects that one augmenter holds; the default of its setting. */
  static final long MAX_TOTAL_BYTES = 128 << 20;

  private static final int VIEWS = 4;
  private static final String BUCKET = "images";
  private static final String BY_REFERENCE = "images-by-reference";
  private static final Duration START_TIMEOUT = Duration.ofMinutes(3);

  // All of the heap is there from the start, so that growing memory is native.
  private static final List<String> HEAP = List.of("-Xms512m", "-Xmx512m", "-XX:+AlwaysPreTouch");
  private static final List<String> SERVER =
      List.of("-Xmx1g", "-Dlogback.configurationFile=io/stillstream/bench/logback-bench.xml");

  private final Path directory;
  private final S3ProxyProcess store;
  private final JavaProcess broker;
  private final Map<String, String> clients;
  private final PipelineProcesses processes;
  private final ServiceSettingsFiles files;
  private final List<MeasuredAugmenter> augmenters = new ArrayList<>();

  /**
   * An augmenter that has a topic of images for itself.
   *
   * @param images the topic
   */
  record MeasuredAugmenter(String images, ServiceProcess service) {}

  /**
   * Starts all but the augmenters.
   *
   * @param home the project's directory
   * @param directory for settings, logs, data and objects
   * @param latency of the server of S3, for each request
   */
  ByReferenceTestbed(Path home, Path directory, Duration latency) {
    this.directory = directory;
    int[] ports = LoopbackPorts.freePair("kafka and registry");
    clients =
        Map.of(
            "bootstrap.servers", "127.0.0.1:" + ports[0],
            "schema.registry.url", "http://127.0.0.1:" + ports[1]);
    processes = new PipelineProcesses(home, directory, List.of("-Djava.io.tmpdir=" + directory));
    files = new ServiceSettingsFiles(directory, pipeline(home));
    broker = processes.kafkaAndRegistry(SERVER, ports[0], ports[1]);
    try {
      Files.createDirectories(directory);
      store =
          S3ProxyProcess.start(
              directory.resolve("s3"), directory.resolve("objects"), false, latency);
    } catch (IOException e) {
      throw new StartupException("S3Proxy cannot be started: " + e.getMessage(), e);
    }
    try {
      broker.start();
      PipelineProcesses.awaitServers(broker, START_TIMEOUT);
      createTopics();
    } catch (RuntimeException e) {
      close();
      throw e;
    }
  }

  /** The policy of the row {@code kafka-photo-jpeg}. */
  private static PipelineDescription pipeline(Path home) {
    JsonNode policy = BenchmarkPolicies.tree("photo");
    JsonNode output = policy.path("output");
    Path models = home.resolve("deploy/models");
    return new PipelineDescription(
        models.resolve("fashion-mnist-mlp128"),
        models.resolve("mlp"),
        VIEWS,
        new PipelineDescription.ViewFormat(
            output.path("height").asInt(), output.path("width").asInt(), 3, "jpeg"),
        policy.path("operations").toString());
  }

  private void createTopics() {
    TopicsAdmin.createAll(clients, PARTITIONS);
    TopicSettings renamed =
        new TopicSettings(
            Optional.of(BY_REFERENCE),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Map.of(),
            Optional.empty());
    TopicsConfig topics =
        new TopicsConfig(
            clients,
            Optional.of(PARTITIONS),
            Optional.of(1),
            Map.of(),
            Map.of(Topics.IMAGES, renamed));
    try (TopicsAdmin admin = new TopicsAdmin(clients)) {
      var unused = admin.create(admin.plan(topics));
    }
  }

  /** Starts the augmenter of images by value, with the settings that it has by default. */
  MeasuredAugmenter startByValue() {
    return start(Topics.IMAGES, "");
  }

  /** Starts the augmenter of images by reference, which may read the objects of the bucket. */
  MeasuredAugmenter startByReference() {
    return start(
        BY_REFERENCE,
        """
        fetch:
          allow: ["s3://%s/"]
          store: {endpoint: "%s", credentials: {access-key: %s, secret-key: %s}}
          max-total-bytes: %d
        """
            .formatted(
                BUCKET,
                store.endpoint(),
                S3ProxyProcess.ACCESS_KEY,
                S3ProxyProcess.SECRET_KEY,
                MAX_TOTAL_BYTES));
  }

  private MeasuredAugmenter start(String images, String more) {
    String name = "augmenter-of-" + images;
    int port = LoopbackPorts.free(0, "management");
    String settings =
        "topics: {images: %s}%nmanagement: {host: 127.0.0.1, port: %d}%n".formatted(images, port);
    files.augmenter(
        new InstanceSettings(name, "0", directory.resolve(name), clients, settings + more), name);
    ServiceProcess service =
        processes.service(PipelineService.AUGMENTER, name, HEAP, OptionalInt.of(port));
    MeasuredAugmenter augmenter = new MeasuredAugmenter(images, service);
    augmenters.add(augmenter);
    service.process().start(Map.of("STILLSTREAM_LOG_LEVEL", "WARN"));
    PipelineProcesses.awaitReady(service, START_TIMEOUT);
    return augmenter;
  }

  /** The directory whose files are the objects that may be read. */
  Path bucket() {
    try {
      return store.createBucket(BUCKET);
    } catch (IOException e) {
      throw new StartupException("the bucket cannot be made: " + e.getMessage(), e);
    }
  }

  /** Settings of clients. */
  Map<String, String> clients() {
    return clients;
  }

  /** Processor time of an augmenter and of what it needs, since the start of each. */
  ProcessorTimes processorTimes(MeasuredAugmenter augmenter) {
    return new ProcessorTimes(
        nanos(augmenter.service().process().handle()),
        nanos(broker.handle()),
        nanos(store.handle()));
  }

  private static long nanos(ProcessHandle process) {
    return process.info().totalCpuDuration().map(Duration::toNanos).orElse(0L);
  }

  @Override
  public void close() {
    augmenters.forEach(augmenter -> augmenter.service().process().close());
    broker.close();
    store.close();
  }
}
