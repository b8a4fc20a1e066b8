package io.stillstream.bench.load.deployment;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.stillstream.local.topics.TopicsAdmin;
import io.stillstream.local.topics.TopicsConfig;
import io.stillstream.runtime.config.StartupException;
import io.stillstream.schemas.topics.Topics;
import java.io.IOException;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** A pipeline of our own: a broker, and the services from their jars, each in its process. */
public final class LocalDeployment implements Deployment {
  private static final TopicNames TOPICS =
      new TopicNames(Topics.IMAGES, Topics.VIEWS, Topics.LABELED_VIEWS, Topics.DEAD_LETTERS);
  private static final Duration START = Duration.ofMinutes(3);
  private static final long LOOK_MILLIS = 100;
  private static final HttpClient HTTP = HttpClient.newHttpClient();

  private final LoadSettings settings;
  private final Path directory;
  private final Map<ProcessProbe, ForkedJvm> processes = new LinkedHashMap<>();
  private final Map<String, String> clients;
  private final LoadServiceSettingsFiles files;

  private LocalDeployment(LoadSettings settings, Path directory) {
    this.settings = settings;
    this.directory = directory;
    try {
      clients = startBroker();
      files = new LoadServiceSettingsFiles(settings, directory, clients);
      try (TopicsAdmin admin = new TopicsAdmin(clients)) {
        TopicsConfig config =
            new TopicsConfig(clients, Optional.of(settings.partitions()), Optional.of(1), Map.of());
        admin.create(config.specs(), Optional.of(1));
      }
    } catch (RuntimeException e) {
      close();
      throw e;
    }
  }

  /** Starts broker and registry, and makes the topics; services come with {@link #start}. */
  public static LocalDeployment open(LoadSettings settings, Path directory) {
    try {
      Files.createDirectories(directory);
    } catch (IOException e) {
      throw new StartupException(directory + " cannot be made: " + e.getMessage(), e);
    }
    return new LocalDeployment(settings, directory);
  }

  /** Starts all instances of some services and returns when they are ready. */
  public void start(ProcessRole... roles) {
    List<ProcessProbe> started = new ArrayList<>();
    for (ProcessRole role : roles) {
      for (int i = 0; i < settings.instances(role); i++) {
        started.add(startService(role, i));
      }
    }
    started.forEach(this::awaitReady);
  }

  /** Stops all instances of a service, which finish what they are about. */
  public void stop(ProcessRole role) {
    List<ProcessProbe> members = members().stream().filter(m -> m.role() == role).toList();
    members.forEach(member -> processes.remove(member).close());
  }

  @Override
  public Map<String, String> clients() {
    return clients;
  }

  @Override
  public TopicNames topics() {
    return TOPICS;
  }

  @Override
  public List<ProcessProbe> members() {
    return List.copyOf(processes.keySet());
  }

  @Override
  public void requireHealthy() {
    processes.values().forEach(ForkedJvm::requireAlive);
  }

  /** In the order of the data, so that each finds its successor and the broker alive. */
  @Override
  public void close() {
    for (ProcessRole role :
        new ProcessRole[] {
          ProcessRole.AUGMENTER, ProcessRole.LABELER, ProcessRole.TRAINER, ProcessRole.BROKER
        }) {
      stop(role);
    }
  }

  private Map<String, String> startBroker() {
    ForkedJvm broker =
        ForkedJvm.start(
            "broker",
            settings.home(),
            settings.heap(),
            directory,
            true,
            List.of(
                "-Dlogback.configurationFile=io/stillstream/bench/logback-bench.xml",
                "-cp",
                System.getProperty("java.class.path"),
                BrokerMain.class.getName(),
                directory.toString()));
    processes.put(
        new ProcessProbe(
            ProcessRole.BROKER, "broker", Optional.empty(), Optional.of(broker.handle())),
        broker);
    String where = broker.firstLine();
    try {
      return Map.copyOf(
          new ObjectMapper().readValue(where, new TypeReference<Map<String, String>>() {}));
    } catch (JsonProcessingException e) {
      throw new StartupException("the broker said: " + where, e);
    }
  }

  private ProcessProbe startService(ProcessRole role, int instance) {
    Path jar = settings.home().resolve(role.jar());
    if (!Files.isRegularFile(jar)) {
      throw new StartupException(
          "there is no " + jar + "; \"mvn package\" or deploy/stillstream makes it");
    }
    int port = freePort();
    Path file = files.write(role, instance, port);
    String name = role + "-" + instance;
    ForkedJvm process =
        ForkedJvm.start(
            name,
            settings.home(),
            settings.heap(),
            directory,
            false,
            List.of("-jar", jar.toString(), "--config", file.toString()));
    ProcessProbe member =
        new ProcessProbe(
            role,
            name,
            Optional.of(URI.create("http://127.0.0.1:" + port + "/metrics")),
            Optional.of(process.handle()));
    processes.put(member, process);
    return member;
  }

  private void awaitReady(ProcessProbe member) {
    URI ready = member.metrics().orElseThrow().resolve("/health/ready");
    long end = System.nanoTime() + START.toNanos();
    while (!isReady(ready)) {
      processes.get(member).requireAlive();
      if (System.nanoTime() > end) {
        throw new StartupException(
            member.name() + " is not ready after " + START.toSeconds() + " s: " + ready);
      }
      try {
        TimeUnit.MILLISECONDS.sleep(LOOK_MILLIS);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new StartupException("interrupted", e);
      }
    }
  }

  private static boolean isReady(URI ready) {
    try {
      HttpRequest request = HttpRequest.newBuilder(ready).timeout(Duration.ofSeconds(10)).build();
      return HTTP.send(request, BodyHandlers.discarding()).statusCode() == 200;
    } catch (IOException e) {
      return false;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new StartupException("interrupted", e);
    }
  }

  private static int freePort() {
    try (ServerSocket socket = new ServerSocket(0)) {
      return socket.getLocalPort();
    } catch (IOException e) {
      throw new StartupException("there is no free port: " + e.getMessage(), e);
    }
  }
}
