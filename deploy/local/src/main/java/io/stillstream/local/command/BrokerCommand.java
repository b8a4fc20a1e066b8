package io.stillstream.local.command;

import io.stillstream.embedded.LoopbackPorts;
import io.stillstream.local.broker.LocalBroker;
import io.stillstream.local.broker.StateDirectory;
import io.stillstream.local.exit.ExitCodes;
import io.stillstream.local.option.JsonOption;
import io.stillstream.local.terminal.LogDestination;
import io.stillstream.local.topics.TopicsAdmin;
import io.stillstream.local.topics.TopicsConfig;
import io.stillstream.runtime.config.StartupException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code stillstream broker}. */
@Command(
    name = "broker",
    header = "Runs a broker and a registry alone.",
    description = {
      "Runs a Kafka broker and a schema registry on 127.0.0.1 until Ctrl-C, for services that run",
      "beside it. One node, open to all local clients: to try things out, not for production."
    },
    footer = {
      "  stillstream broker --topics",
      "  stillstream broker --topics --kafka-port 0 --registry-port 0 --json"
    })
public final class BrokerCommand implements Callable<Integer> {
  private static final int STOP_PATIENCE_SECONDS = 60;

  @Option(
      names = "--kafka-port",
      paramLabel = "PORT",
      defaultValue = "9092",
      description = "0 for any free one; default: ${DEFAULT-VALUE}.")
  private int kafkaPort;

  @Option(
      names = "--registry-port",
      paramLabel = "PORT",
      defaultValue = "8081",
      description = "0 for any free one; default: ${DEFAULT-VALUE}.")
  private int registryPort;

  @Option(
      names = {"--directory", "--dir"},
      paramLabel = "DIR",
      description =
          "Where topics and schemas are kept; a second start goes on with them. Default:"
              + " deploy/local/target/broker.")
  private Optional<Path> directory = Optional.empty();

  @Option(
      names = "--topics",
      description = "Make the topics that are missing, as topics create does.")
  private boolean topics;

  @Option(
      names = "--partitions",
      paramLabel = "N",
      description = "With --topics: partitions of images, views and labeled-views; default: 6.")
  private Optional<Integer> partitions = Optional.empty();

  @Mixin private JsonOption json = new JsonOption();

  @Spec private CommandSpec spec;

  /** What {@code --json} prints once clients may connect. */
  private record RunningBroker(String directory, String bootstrapServers, String registryUrl) {}

  private final CountDownLatch asked = new CountDownLatch(1);
  private final CountDownLatch ended = new CountDownLatch(1);

  @Override
  public Integer call() throws InterruptedException {
    Path home = Path.of(System.getProperty("stillstream.home", "")).toAbsolutePath().normalize();
    Path root = directory.orElseGet(() -> home.resolve("deploy/local/target/broker"));
    try (StateDirectory state = StateDirectory.open(root)) {
      LogDestination.toFile(state.root().resolve("broker.log"));
      TopicsConfig config = config();
      LoopbackPorts.requireFree(
          List.of(
              new LoopbackPorts.Wanted(kafkaPort, "Kafka", "--kafka-port"),
              new LoopbackPorts.Wanted(registryPort, "schema registry", "--registry-port")));
      try (LocalBroker broker =
          LocalBroker.start(state.kafka(), kafkaPort, state.registry(), registryPort)) {
        Runtime.getRuntime().addShutdownHook(new Thread(this::stop, "shutdown"));
        if (topics) {
          make(config, broker.clients());
        }
        announce(broker, state.root());
        asked.await();
      }
      say("stopped; what it holds is kept in " + state.root());
    } finally {
      ended.countDown();
    }
    return ExitCodes.OK;
  }

  private TopicsConfig config() {
    try {
      return new TopicsConfig(Map.of(), partitions, Optional.of(1), Map.of(), Map.of());
    } catch (IllegalArgumentException e) {
      throw new StartupException("--" + e.getMessage(), e);
    }
  }

  private static void make(TopicsConfig config, Map<String, String> clients) {
    try (TopicsAdmin admin = new TopicsAdmin(clients)) {
      admin.create(admin.plan(config));
    }
  }

  private void announce(LocalBroker broker, Path root) {
    if (json.isGiven()) {
      JsonOption.print(
          spec.commandLine().getOut(),
          new RunningBroker(
              root.toString(), broker.bootstrapServers(), broker.registryUrl().toString()));
    }
    say("state     " + root);
    say("kafka     " + broker.bootstrapServers());
    say("registry  " + broker.registryUrl());
    if (!topics) {
      say(
          "next      bash deploy/stillstream topics create --bootstrap-server "
              + broker.bootstrapServers());
    }
    say(
        "services  KAFKA_BOOTSTRAP_SERVERS=%s SCHEMA_REGISTRY_URL=%s java -jar …"
            .formatted(broker.bootstrapServers(), broker.registryUrl()));
    say("stop it with Ctrl-C");
  }

  /** Asks it to end, and waits for a bounded time until it has. */
  private void stop() {
    asked.countDown();
    try {
      if (!ended.await(STOP_PATIENCE_SECONDS, TimeUnit.SECONDS)) {
        say("it did not stop in time; leaving it");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void say(String line) {
    PrintWriter out = json.isGiven() ? spec.commandLine().getErr() : spec.commandLine().getOut();
    out.println(line);
    out.flush();
  }
}
