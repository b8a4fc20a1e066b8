package io.stillstream.local.demo;

import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.stillstream.augmenter.AugmenterService;
import io.stillstream.embedded.DevelopmentRegistry;
import io.stillstream.embedded.EmbeddedKafka;
import io.stillstream.local.topics.TopicsAdmin;
import io.stillstream.local.topics.TopicsConfig;
import io.stillstream.runtime.Health;
import io.stillstream.runtime.Health.Check;
import io.stillstream.runtime.KafkaSettings;
import io.stillstream.runtime.Management;
import io.stillstream.runtime.ManagementSettings;
import io.stillstream.runtime.Metrics;
import io.stillstream.runtime.ModelSpec;
import io.stillstream.runtime.Service;
import io.stillstream.runtime.StartupException;
import io.stillstream.student.TrainerService;
import io.stillstream.teacher.LabelerService;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;

/**
 * Broker, registry, the three services and one management endpoint in this JVM. The services are
 * those that production runs, with settings that could stand in their files.
 */
public final class Pipeline implements AutoCloseable {
  private final Deque<AutoCloseable> parts = new ArrayDeque<>();
  private final AtomicReference<String> failure = new AtomicReference<>();
  private final PrometheusMeterRegistry meters;
  private final Map<String, String> clients = new TreeMap<>();
  private final DevelopmentRegistry registry;
  private final Management management;
  private final TrainerService trainer;
  private final List<Service> services;

  private Pipeline(DemoSettings settings, StateDirectory directory, ModelSpec student) {
    try {
      meters = Metrics.registry();
      parts.push(meters::close);
      registry = kept(DevelopmentRegistry.start(directory.registry(), settings.ports().registry()));
      EmbeddedKafka kafka = kept(EmbeddedKafka.start(directory.kafka(), settings.ports().kafka()));
      clients.put("bootstrap.servers", kafka.bootstrapServers());
      clients.put("schema.registry.url", registry.url().toString());
      prepareTopics(settings.run().partitions());
      ServiceFiles files = new ServiceFiles(settings, directory, student, clients);
      trainer = new TrainerService(files.trainer(), meters);
      services =
          List.of(
              trainer,
              new LabelerService(files.labeler(), meters),
              new AugmenterService(files.augmenter(), meters));
      management =
          kept(
              Management.start(
                  new ManagementSettings("127.0.0.1", settings.ports().management()),
                  meters,
                  this::health,
                  Map.of("name", "stillstream demo")));
      startAll();
    } catch (RuntimeException e) {
      close();
      throw e;
    }
  }

  /**
   * Starts everything; returns when all services run.
   *
   * @throws StartupException when a model is missing or does not fit
   * @throws io.stillstream.embedded.EmbeddedException when broker or registry cannot start
   */
  public static Pipeline start(DemoSettings settings, StateDirectory directory) {
    ModelSpec teacher = ModelSpec.load(settings.teacherModel(), "teacher");
    ModelSpec student = ModelSpec.load(settings.studentModel(), "student");
    if (teacher.classes().size() != student.classes().size()) {
      throw new StartupException(
          "student: %s has %d classes, but the teacher %s has %d"
              .formatted(
                  student.name(),
                  student.classes().size(),
                  teacher.name(),
                  teacher.classes().size()));
    }
    return new Pipeline(settings, directory, student);
  }

  /** Settings for clients: bootstrap.servers and schema.registry.url. */
  public Map<String, String> clients() {
    return Map.copyOf(clients);
  }

  public PrometheusMeterRegistry meters() {
    return meters;
  }

  public TrainerService trainer() {
    return trainer;
  }

  /** Where metrics and health are. */
  public String managementUrl() {
    return "http://127.0.0.1:" + management.port();
  }

  /** What a service died of, once one has. */
  public Optional<String> failure() {
    return Optional.ofNullable(failure.get());
  }

  /** Everything the services say of themselves, together. */
  public Health health() {
    return new Health(services.stream().flatMap(Pipeline::checks).toList());
  }

  /** The checks of a service under its own name: each has a broker, for one. */
  private static Stream<Check> checks(Service service) {
    String name =
        service.getClass().getSimpleName().replace("Service", "").toLowerCase(Locale.ROOT);
    return service.health().checks().stream()
        .map(c -> new Check(name + "." + c.name(), c.kind(), c.ok(), c.detail()));
  }

  /**
   * Stops the services in the order of the data, so that each finds its successor alive; the
   * trainer writes its last checkpoint and release. Broker and registry stay up.
   */
  public void closeServices() {
    for (int i = services.size() - 1; i >= 0; i--) {
      services.get(i).close();
    }
  }

  /** For tests of an outage. */
  DevelopmentRegistry registry() {
    return registry;
  }

  @Override
  public void close() {
    if (services != null) {
      closeServices();
    }
    while (!parts.isEmpty()) {
      try {
        parts.pop().close();
      } catch (Exception e) {
        throw new IllegalStateException("a part of the pipeline did not close", e);
      }
    }
  }

  private void prepareTopics(int partitions) {
    try (TopicsAdmin admin = new TopicsAdmin(clients)) {
      TopicsConfig config =
          new TopicsConfig(clients, Optional.of(partitions), Optional.of(1), Map.of());
      boolean known =
          admin.create(config.specs(), Optional.of(1)).stream().anyMatch(o -> !o.created());
      if (known) {
        DanglingTransactions.fence(KafkaSettings.admin(clients));
      }
    }
  }

  /** All at once: each loads a native library, and that is most of the time to the first step. */
  private void startAll() {
    List<CompletableFuture<Void>> starts =
        services.stream().map(s -> CompletableFuture.runAsync(() -> start(s))).toList();
    // Wait for all, whatever happens: closing a service that is still starting is not foreseen.
    for (CompletableFuture<Void> start : starts) {
      start.exceptionally(e -> null).join();
    }
    try {
      starts.forEach(CompletableFuture::join);
    } catch (CompletionException e) {
      throw e.getCause() instanceof RuntimeException cause ? cause : e;
    }
  }

  private void start(Service service) {
    service.start();
    Thread watch = new Thread(() -> watch(service), "watch");
    watch.setDaemon(true);
    watch.start();
  }

  private void watch(Service service) {
    try {
      service.awaitStop();
    } catch (IllegalStateException e) {
      failure.compareAndSet(null, service.getClass().getSimpleName() + ": " + e.getMessage());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private <T extends AutoCloseable> T kept(T part) {
    parts.push(part);
    return part;
  }
}
