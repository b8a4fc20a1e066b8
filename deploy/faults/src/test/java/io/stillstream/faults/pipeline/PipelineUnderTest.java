package io.stillstream.faults.pipeline;

import io.stillstream.embedded.LoopbackPorts;
import io.stillstream.embedded.pipeline.PipelineService;
import io.stillstream.embedded.process.JavaProcess;
import io.stillstream.embedded.process.PipelineProcesses;
import io.stillstream.embedded.process.ServiceProcess;
import io.stillstream.faults.process.SizeLimitedDisk;
import io.stillstream.faults.process.UnexpectedExit;
import io.stillstream.local.topics.TopicsAdmin;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionFactory;

/**
 * Broker, registry and the three services, each a process as an operator runs it, with the jars of
 * this build. A process that ends of itself is recorded and started again, as an orchestrator
 * would.
 */
public final class PipelineUnderTest implements AutoCloseable {
  public static final int PARTITIONS = 4;

  /** For conditions on a machine that is busy with other work. */
  public static final Duration PATIENCE = Duration.ofMinutes(4);

  // Short lives: compiling well would cost more than it gains.
  private static final List<String> QUICK = List.of("-XX:TieredStopAtLevel=1");

  // All of the heap is there from the start, so that growing memory is native.
  private static final List<String> HEAP = List.of("-Xms256m", "-Xmx256m", "-XX:+AlwaysPreTouch");

  private static final List<String> SERVER_HEAP = List.of("-Xmx400m");

  private final PipelineProcesses processes;
  private final FaultSettingsFiles files;
  private final SizeLimitedDisk disk;
  private final Map<String, String> clients;
  private final List<ServiceProcess> extras = new ArrayList<>();
  private final List<UnexpectedExit> unexpectedExits = new ArrayList<>();
  private final JavaProcess kafka;
  private final JavaProcess registry;
  private final ServiceProcess augmenter;
  private final ServiceProcess labeler;
  private final ServiceProcess trainer;

  /** Starts everything, and returns when all is ready. */
  public PipelineUnderTest(Path home, Path directory) {
    int[] ports = LoopbackPorts.freePair("kafka and registry");
    int kafkaPort = ports[0];
    int registryPort = ports[1];
    processes = new PipelineProcesses(home, directory, QUICK);
    String bootstrapServers = "127.0.0.1:" + kafkaPort;
    String registryUrl = "http://127.0.0.1:" + registryPort;
    files = new FaultSettingsFiles(home, directory, bootstrapServers, registryUrl);
    disk = SizeLimitedDisk.at(directory.resolve("disk"));
    clients =
        Map.of(
            "bootstrap.servers", bootstrapServers,
            "schema.registry.url", registryUrl,
            // Sender and audit wait for a broker that is away.
            "delivery.timeout.ms", "900000",
            "max.block.ms", "900000",
            "default.api.timeout.ms", "300000");
    kafka = processes.kafka(SERVER_HEAP, kafkaPort);
    registry = processes.registry(SERVER_HEAP, registryPort);
    augmenter = service(PipelineService.AUGMENTER, "augmenter-0");
    labeler = service(PipelineService.LABELER, "labeler-0");
    trainer = service(PipelineService.TRAINER, "trainer");
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
    parts().subList(0, 2).forEach(JavaProcess::start);
    parts().subList(0, 2).forEach(PipelineUnderTest::awaitUp);
    createTopics();
    services().forEach(instance -> instance.process().start());
    awaitReady();
  }

  /** Makes the topics that are missing. */
  public void createTopics() {
    TopicsAdmin.createAll(clients, PARTITIONS);
  }

  /** A condition that is waited for, on a machine that is busy with other work, too. */
  public static ConditionFactory await(String what) {
    return Awaitility.await(what).atMost(PATIENCE).pollInterval(Duration.ofMillis(250));
  }

  /** Waits until clients of broker or registry may connect. */
  public static void awaitUp(JavaProcess server) {
    PipelineProcesses.awaitServers(server, PATIENCE);
  }

  /** Waits until all services run and call themselves ready. */
  public void awaitReady() {
    await("ready")
        .until(
            () -> {
              restartDead();
              return services().stream().allMatch(ServiceProcess::isReady);
            });
  }

  /** Starts the processes that have ended of themselves, and records how they ended. */
  public void restartDead() {
    for (JavaProcess part : parts()) {
      if (!part.isAlive()) {
        unexpectedExits.add(UnexpectedExit.of(part));
        part.start();
      }
    }
  }

  /** The processes that ended of themselves since the last call. */
  public List<UnexpectedExit> drainUnexpectedExits() {
    List<UnexpectedExit> taken = List.copyOf(unexpectedExits);
    unexpectedExits.clear();
    return taken;
  }

  /** Where the registry stores. */
  public Path registryFile() {
    return processes.registryFile();
  }

  public JavaProcess kafka() {
    return kafka;
  }

  public JavaProcess registry() {
    return registry;
  }

  public ServiceProcess augmenter() {
    return augmenter;
  }

  public ServiceProcess labeler() {
    return labeler;
  }

  public ServiceProcess trainer() {
    return trainer;
  }

  public List<ServiceProcess> services() {
    return List.of(augmenter, labeler, trainer);
  }

  /** The five that always run. */
  public List<JavaProcess> parts() {
    return List.of(kafka, registry, augmenter.process(), labeler.process(), trainer.process());
  }

  /** Settings for clients of this pipeline. */
  public Map<String, String> clients() {
    return clients;
  }

  public Path trainerDirectory() {
    return files.trainerDirectory();
  }

  /** The settings files, for faults that start a service with others. */
  public FaultSettingsFiles files() {
    return files;
  }

  public SizeLimitedDisk disk() {
    return disk;
  }

  /** One more augmenter, not started; the pipeline closes it. */
  public ServiceProcess extraAugmenter(int number) {
    files.augmenter("" + number);
    return extra(PipelineService.AUGMENTER, "augmenter-" + number);
  }

  /** One more labeler, not started; the pipeline closes it. */
  public ServiceProcess extraLabeler(int number) {
    files.labeler("" + number);
    return extra(PipelineService.LABELER, "labeler-" + number);
  }

  /**
   * One more trainer, not started; the pipeline closes it.
   *
   * @param directory of its own, or of the one that it takes over from
   * @param more settings, YAML
   */
  public ServiceProcess extraTrainer(String name, Path directory, String more) {
    files.trainer(name, directory, more);
    return extra(PipelineService.TRAINER, name);
  }

  /** Other settings for a trainer, from its next start on. */
  public void configureTrainer(String name, Path directory, String more) {
    files.trainer(name, directory, more);
  }

  @Override
  public void close() {
    extras.forEach(extra -> extra.process().close());
    parts().forEach(JavaProcess::close);
    disk.close();
  }

  private ServiceProcess extra(PipelineService service, String name) {
    ServiceProcess process = service(service, name);
    extras.add(process);
    return process;
  }

  private ServiceProcess service(PipelineService service, String name) {
    return processes.service(service, name, HEAP, OptionalInt.empty());
  }
}
