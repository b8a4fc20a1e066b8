package io.stillstream.bench.load.deployment;

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
import io.stillstream.runtime.model.ModelSpec;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

/** Started for this run: a broker, and the services from their jars, each in its process. */
public final class LocalDeployment implements Deployment {
  private static final Duration START_TIMEOUT = Duration.ofMinutes(3);
  private static final String LOG_LEVEL = "STILLSTREAM_LOG_LEVEL";

  /** Views up to this side travel as bare pixels. */
  private static final int RAW_SIDE = 32;

  private final LoadSettings settings;
  private final Path directory;
  private final Map<ProcessProbe, JavaProcess> running = new LinkedHashMap<>();
  private final PipelineProcesses factory;
  private final ServiceSettingsFiles files;
  private final Map<String, String> clients;

  private LocalDeployment(LoadSettings settings, Path directory, Path temporary) {
    this.settings = settings;
    this.directory = directory;
    // The heap is in memory from the start, so that growing memory is native.
    this.factory =
        new PipelineProcesses(
            settings.home(),
            directory,
            List.of(
                "-Xms" + settings.heap(),
                "-Xmx" + settings.heap(),
                "-XX:+AlwaysPreTouch",
                "-Djava.io.tmpdir=" + temporary));
    this.files = new ServiceSettingsFiles(directory, pipeline(settings));
    try {
      clients = startBroker();
      TopicsAdmin.createAll(clients, settings.scale().partitions());
    } catch (RuntimeException e) {
      close();
      throw e;
    }
  }

  private static PipelineDescription pipeline(LoadSettings settings) {
    ModelSpec teacher = ModelSpec.load(settings.teacher(), "teacher");
    boolean small = Math.max(teacher.height(), teacher.width()) <= RAW_SIDE;
    return new PipelineDescription(
        settings.teacher(),
        settings.student(),
        settings.images().views(),
        new PipelineDescription.ViewFormat(
            teacher.height(), teacher.width(), teacher.channels(), small ? "raw" : "jpeg"),
        PipelineDescription.MILD_OPERATIONS);
  }

  /** Starts broker and registry, and creates the topics; services follow with {@link #start}. */
  public static LocalDeployment open(LoadSettings settings, Path directory) {
    Path temporary = directory.resolve("tmp");
    try {
      Files.createDirectories(temporary);
    } catch (IOException e) {
      throw new StartupException(temporary + " cannot be made: " + e.getMessage(), e);
    }
    return new LocalDeployment(settings, directory, temporary);
  }

  /** Starts all instances of some services and returns when they are ready. */
  public void start(List<ProcessRole> roles) {
    List<ServiceProcess> started = new ArrayList<>();
    for (ProcessRole role : roles) {
      for (int i = 0; i < settings.scale().instances(role); i++) {
        started.add(startService(role, i));
      }
    }
    started.forEach(service -> PipelineProcesses.awaitReady(service, START_TIMEOUT));
  }

  /** Stops all instances of a service in an orderly way. */
  public void stop(ProcessRole role) {
    List<ProcessProbe> processes = processes().stream().filter(m -> m.role() == role).toList();
    processes.forEach(process -> running.remove(process).stop());
  }

  @Override
  public Map<String, String> clients() {
    return clients;
  }

  @Override
  public List<ProcessProbe> processes() {
    return List.copyOf(running.keySet());
  }

  @Override
  public void requireHealthy() {
    running.values().forEach(JavaProcess::requireAlive);
  }

  /** In the order of the data, so that each finds its successor and the broker alive. */
  @Override
  public void close() {
    ProcessRole.SERVICES.forEach(this::stop);
    stop(ProcessRole.BROKER);
  }

  private Map<String, String> startBroker() {
    int[] ports = LoopbackPorts.freePair("kafka and registry");
    int kafkaPort = ports[0];
    int registryPort = ports[1];
    List<String> logging =
        List.of("-Dlogback.configurationFile=io/stillstream/bench/logback-bench.xml");
    JavaProcess broker = factory.kafkaAndRegistry(logging, kafkaPort, registryPort);
    start(broker, ProcessRole.BROKER, Optional.empty());
    PipelineProcesses.awaitServers(broker, START_TIMEOUT);
    return Map.of(
        "bootstrap.servers", "127.0.0.1:" + kafkaPort,
        "schema.registry.url", "http://127.0.0.1:" + registryPort);
  }

  private ServiceProcess startService(ProcessRole role, int instance) {
    int port = LoopbackPorts.free(0, "management");
    String name = role + "-" + instance;
    writeSettings(role, name, instance, port);
    ServiceProcess service =
        factory.service(
            PipelineService.valueOf(role.name()), name, List.of(), OptionalInt.of(port));
    URI metrics = URI.create("http://127.0.0.1:" + port + "/metrics");
    start(service.process(), role, Optional.of(metrics));
    return service;
  }

  private void writeSettings(ProcessRole role, String name, int instance, int port) {
    String management = "management: {host: 127.0.0.1, port: %d}%n".formatted(port);
    // The last batch of a measurement is short, and does not wait long for more.
    String more = management + (role == ProcessRole.TRAINER ? "batch: {max-delay: 3s}\n" : "");
    InstanceSettings own =
        new InstanceSettings(name, "" + instance, directory.resolve(name), clients, more);
    switch (role) {
      case AUGMENTER -> files.augmenter(own);
      case LABELER -> files.labeler(own);
      case TRAINER -> files.trainer(own);
      case BROKER, LOAD -> throw new IllegalArgumentException(role + " has no settings");
    }
  }

  private void start(JavaProcess process, ProcessRole role, Optional<URI> metrics) {
    process.start(Map.of(LOG_LEVEL, System.getenv().getOrDefault(LOG_LEVEL, "WARN")));
    running.put(
        new ProcessProbe(role, process.name(), metrics, Optional.of(process.handle())), process);
  }
}
