package io.stillstream.local.demo.pipeline;

import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.stillstream.augmenter.AugmenterService;
import io.stillstream.augmenter.config.AugmenterConfig;
import io.stillstream.labeler.LabelerService;
import io.stillstream.labeler.config.LabelerConfig;
import io.stillstream.local.broker.StateDirectory;
import io.stillstream.local.demo.cluster.DemoCluster;
import io.stillstream.local.demo.cluster.DemoRoles;
import io.stillstream.local.demo.cluster.HangingTransactionAborter;
import io.stillstream.local.demo.cluster.OpenDemoCluster;
import io.stillstream.local.demo.cluster.SecuredDemoCluster;
import io.stillstream.local.demo.settings.DemoSettings;
import io.stillstream.local.playground.PlaygroundEndpoint;
import io.stillstream.local.topics.TopicsAdmin;
import io.stillstream.page.PageConfig;
import io.stillstream.page.PageService;
import io.stillstream.runtime.config.StartupException;
import io.stillstream.runtime.health.Health;
import io.stillstream.runtime.health.Health.Check;
import io.stillstream.runtime.health.HealthMeters;
import io.stillstream.runtime.http.ManagementServer;
import io.stillstream.runtime.http.ManagementSettings;
import io.stillstream.runtime.kafka.KafkaSettings;
import io.stillstream.runtime.metrics.MeterRegistries;
import io.stillstream.runtime.metrics.MetricsSettings;
import io.stillstream.runtime.model.ModelSpec;
import io.stillstream.runtime.service.Service;
import io.stillstream.trainer.TrainerService;
import io.stillstream.trainer.config.TrainerConfig;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;

/**
 * Broker, registry, the three services, the page and one management endpoint in this JVM. The
 * services are those that production runs, with settings that could stand in their files.
 */
public final class DemoPipeline implements AutoCloseable {
  private final Deque<AutoCloseable> resources = new ArrayDeque<>();
  private final AtomicReference<String> failure = new AtomicReference<>();
  private final PrometheusMeterRegistry meters;
  private final Map<String, String> clients = new TreeMap<>();
  private final ManagementServer management;
  private final TrainerService trainer;

  /** In the order in which they are started; they are stopped in the opposite order. */
  private final List<Service> services = new CopyOnWriteArrayList<>();

  private DemoPipeline(
      DemoSettings settings,
      StateDirectory directory,
      ModelSpec student,
      Optional<DemoCluster> running) {
    try {
      MeterRegistries registries = MeterRegistries.open(MetricsSettings.ofEndpoint(), "demo");
      resources.push(registries);
      meters = registries.prometheus();
      DemoCluster cluster = running.orElseGet(() -> opened(cluster(settings, directory)));
      clients.putAll(cluster.clients(DemoCluster.DEMO));
      prepareTopics(cluster.admin(), settings.run().partitions());
      DemoSettingsFiles files = new DemoSettingsFiles(settings, directory, student, cluster);
      files.tools();
      AugmenterConfig augmenter = files.augmenter();
      LabelerConfig labeler = files.labeler();
      TrainerConfig training = files.trainer();
      management =
          opened(
              ManagementServer.start(
                  new ManagementSettings("127.0.0.1", settings.ports().management()),
                  meters,
                  this::health,
                  Map.of("name", "stillstream demo")));
      PageConfig page = files.page(managementUrl());
      cluster.grantAcls(DemoRoles.of(augmenter, labeler, training, page));
      trainer = new TrainerService(training, meters);
      services.add(new PageService(page, meters, true));
      services.add(trainer);
      services.add(new LabelerService(labeler, meters));
      services.add(new AugmenterService(augmenter, meters));
      services.forEach(service -> management.add(service.endpoints()));
      services.forEach(service -> management.add(service.site()));
      management.add(new PlaygroundEndpoint(augmenter.policy()).endpoints());
      HealthMeters health = HealthMeters.bind(meters, this::health);
      startAll();
      health.bindChecks();
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
  public static DemoPipeline start(DemoSettings settings, StateDirectory directory) {
    return start(settings, directory, Optional.empty());
  }

  /** The same with a broker and a registry that run already, and are left running. */
  static DemoPipeline start(
      DemoSettings settings, StateDirectory directory, Optional<DemoCluster> running) {
    ModelSpec teacher = ModelSpec.load(settings.teacherModel(), "teacher");
    ModelSpec student = ModelSpec.load(settings.studentModel(), "student");
    student
        .output()
        .mismatch(teacher.output())
        .ifPresent(
            text -> {
              throw new StartupException(
                  "teacher: %s does not answer as the student %s: %s"
                      .formatted(teacher.name(), student.name(), text));
            });
    return new DemoPipeline(settings, directory, student, running);
  }

  /** Settings of clients that write images and read results. */
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

  /** Why a service failed, once one has. */
  public Optional<String> failure() {
    return Optional.ofNullable(failure.get());
  }

  /** The health checks of all services, together. */
  public Health health() {
    return new Health(services.stream().flatMap(DemoPipeline::checks).toList());
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

  @Override
  public void close() {
    closeServices();
    while (!resources.isEmpty()) {
      try {
        resources.pop().close();
      } catch (Exception e) {
        throw new IllegalStateException("a resource of the pipeline did not close", e);
      }
    }
  }

  private static DemoCluster cluster(DemoSettings settings, StateDirectory directory) {
    return settings.secured()
        ? SecuredDemoCluster.start(directory, settings.ports())
        : OpenDemoCluster.start(directory, settings.ports());
  }

  private static void prepareTopics(Map<String, String> kafka, int partitions) {
    boolean known =
        TopicsAdmin.createAll(kafka, partitions).stream().anyMatch(topic -> !topic.created());
    if (known) {
      HangingTransactionAborter.abortAll(KafkaSettings.admin(kafka));
    }
  }

  /** All at once: each loads a native library, and that is most of the time to the first step. */
  private void startAll() {
    List<CompletableFuture<Void>> starts =
        services.stream().map(s -> CompletableFuture.runAsync(() -> start(s))).toList();
    // Wait for all, also after a failure: a service that is still starting cannot be closed.
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
    Thread monitor = new Thread(() -> awaitStop(service), "await-stop");
    monitor.setDaemon(true);
    monitor.start();
  }

  private void awaitStop(Service service) {
    try {
      service.awaitStop();
    } catch (IllegalStateException e) {
      failure.compareAndSet(null, service.getClass().getSimpleName() + ": " + e.getMessage());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private <T extends AutoCloseable> T opened(T resource) {
    resources.push(resource);
    return resource;
  }
}
