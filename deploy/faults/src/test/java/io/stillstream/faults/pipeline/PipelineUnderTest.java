package io.stillstream.faults.pipeline;

import static org.awaitility.Awaitility.await;

import io.stillstream.faults.process.DependencyMain;
import io.stillstream.faults.process.ManagedProcess;
import io.stillstream.faults.process.ProcessFactory;
import io.stillstream.faults.process.ServiceInstance;
import io.stillstream.faults.process.SizeLimitedDisk;
import io.stillstream.faults.process.UnexpectedExit;
import io.stillstream.local.topics.TopicsAdmin;
import io.stillstream.local.topics.TopicsConfig;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.http.HttpClient;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Broker, registry and the three services, each a process as an operator runs it, with the jars of
 * this build. Whoever dies of itself is noted and started again, as an orchestrator would.
 */
public final class PipelineUnderTest implements AutoCloseable {
  public static final int PARTITIONS = 4;

  private static final String REGISTRY_FILE = "registry.json";

  /** For whatever has to come about on a machine that is busy with other things. */
  public static final Duration PATIENCE = Duration.ofMinutes(4);

  private final ProcessFactory programs;
  private final FaultServiceSettingsFiles files;
  private final SizeLimitedDisk disk;
  private final Map<String, String> clients;
  private final HttpClient http = HttpClient.newHttpClient();
  private final List<ServiceInstance> guests = new ArrayList<>();
  private final List<UnexpectedExit> deaths = new ArrayList<>();
  private final ManagedProcess kafka;
  private final ManagedProcess registry;
  private final ServiceInstance augmenter;
  private final ServiceInstance labeler;
  private final ServiceInstance trainer;

  /** Starts everything, and returns when all is ready. */
  public PipelineUnderTest(Path home, Path directory) {
    int kafkaPort = freePort();
    int registryPort = freePort();
    programs = new ProcessFactory(home, directory);
    files = new FaultServiceSettingsFiles(home, directory, kafkaPort, registryPort);
    disk = SizeLimitedDisk.at(directory.resolve("disk"));
    clients =
        Map.of(
            "bootstrap.servers", "127.0.0.1:" + kafkaPort,
            "schema.registry.url", "http://127.0.0.1:" + registryPort,
            // Who feeds and who audits wait for a broker that is away.
            "delivery.timeout.ms", "900000",
            "max.block.ms", "900000",
            "default.api.timeout.ms", "300000");
    kafka = programs.dependency(DependencyMain.KAFKA, directory.resolve("kafka"), kafkaPort);
    registry =
        programs.dependency(
            DependencyMain.REGISTRY, directory.resolve(REGISTRY_FILE), registryPort);
    augmenter = service("augmenter-0", "augmenter-service/target/augmenter-service.jar");
    labeler = service("labeler-0", "teacher-labeler/target/teacher-labeler-service.jar");
    trainer = service("trainer", "student-trainer/target/student-trainer-service.jar");
    files.augmenter("0");
    files.labeler("0");
    files.trainer();
    try {
      startAll();
    } catch (RuntimeException | Error e) {
      close();
      throw e;
    }
  }

  private void startAll() {
    parts().subList(0, 2).forEach(ManagedProcess::start);
    parts().subList(0, 2).forEach(PipelineUnderTest::awaitUp);
    createTopics();
    services().forEach(instance -> instance.part().start());
    awaitReady();
  }

  /** Makes the topics that are missing. */
  public void createTopics() {
    try (TopicsAdmin admin = new TopicsAdmin(clients)) {
      admin.create(
          new TopicsConfig(clients, Optional.of(PARTITIONS), Optional.of(1), Map.of()).specs(),
          Optional.of(1));
    }
  }

  public static void awaitUp(ManagedProcess neighbour) {
    await(neighbour.name())
        .atMost(PATIENCE)
        .failFast(neighbour.name() + " has ended, see its log", () -> !neighbour.isAlive())
        .until(() -> neighbour.outputSinceStart().contains(DependencyMain.UP));
  }

  /** Waits until all services run and call themselves ready. */
  public void awaitReady() {
    await("ready")
        .atMost(PATIENCE)
        .pollInterval(Duration.ofMillis(250))
        .until(
            () -> {
              restartDead();
              return services().stream().allMatch(ServiceInstance::isReady);
            });
  }

  /** Starts what has died of itself, and remembers how it died. */
  public void restartDead() {
    for (ManagedProcess part : parts()) {
      if (!part.isAlive()) {
        deaths.add(UnexpectedExit.of(part));
        part.start();
      }
    }
  }

  /** What died of itself since this was asked the last time. */
  public List<UnexpectedExit> drainUnexpectedExits() {
    List<UnexpectedExit> taken = List.copyOf(deaths);
    deaths.clear();
    return taken;
  }

  /** Where the registry keeps what it knows. */
  public Path registryFile() {
    return files.directory().resolve(REGISTRY_FILE);
  }

  public ManagedProcess kafka() {
    return kafka;
  }

  public ManagedProcess registry() {
    return registry;
  }

  public ServiceInstance augmenter() {
    return augmenter;
  }

  public ServiceInstance labeler() {
    return labeler;
  }

  public ServiceInstance trainer() {
    return trainer;
  }

  public List<ServiceInstance> services() {
    return List.of(augmenter, labeler, trainer);
  }

  /** The five that always run. */
  public List<ManagedProcess> parts() {
    return List.of(kafka, registry, augmenter.part(), labeler.part(), trainer.part());
  }

  /** Settings for clients of this pipeline. */
  public Map<String, String> clients() {
    return clients;
  }

  public Path trainerDirectory() {
    return files.trainerDirectory();
  }

  /** The settings' files, for whoever starts a service with others. */
  public FaultServiceSettingsFiles files() {
    return files;
  }

  public SizeLimitedDisk disk() {
    return disk;
  }

  /** One more augmenter, not started; the site closes it. */
  public ServiceInstance guestAugmenter(int number) {
    files.augmenter("" + number);
    return guest("augmenter-" + number, "augmenter-service/target/augmenter-service.jar");
  }

  /** One more labeler, not started; the site closes it. */
  public ServiceInstance guestLabeler(int number) {
    files.labeler("" + number);
    return guest("labeler-" + number, "teacher-labeler/target/teacher-labeler-service.jar");
  }

  /**
   * One more trainer, not started; the site closes it.
   *
   * @param directory of its own, or of the one that it takes over from
   * @param more settings, YAML
   */
  public ServiceInstance guestTrainer(String name, Path directory, String more) {
    files.trainer(name, directory, more);
    return guest(name, "student-trainer/target/student-trainer-service.jar");
  }

  /** Other settings for a trainer, from its next start on. */
  public void configureTrainer(String name, Path directory, String more) {
    files.trainer(name, directory, more);
  }

  @Override
  public void close() {
    guests.forEach(guest -> guest.part().close());
    parts().forEach(ManagedProcess::close);
    disk.close();
  }

  private ServiceInstance guest(String name, String jar) {
    ServiceInstance guest = service(name, jar);
    guests.add(guest);
    return guest;
  }

  private ServiceInstance service(String name, String jar) {
    return new ServiceInstance(programs.service(name, jar), http);
  }

  private static int freePort() {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
