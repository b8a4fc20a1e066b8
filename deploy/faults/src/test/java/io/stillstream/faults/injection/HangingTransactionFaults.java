package io.stillstream.faults.injection;

import static io.stillstream.faults.pipeline.PipelineUnderTest.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.stillstream.containers.prometheus.PrometheusServer;
import io.stillstream.containers.tools.ExternalTool;
import io.stillstream.embedded.process.JavaProcess;
import io.stillstream.faults.experiment.Fault;
import io.stillstream.faults.experiment.FaultExperiment;
import io.stillstream.faults.pipeline.PipelineUnderTest;
import io.stillstream.faults.process.SystemCommand;
import io.stillstream.runtime.kafka.KafkaSettings;
import io.stillstream.schemas.topics.Topics;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ExecutionException;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;

/**
 * A transaction stays open: readers of committed records stand still before it, and their own lag
 * does not show it.
 */
final class HangingTransactionFaults {
  private static final String TRANSACTIONAL_ID = "gone-for-good";
  private static final Duration TRANSACTION_TIMEOUT = Duration.ofMinutes(15);

  /** Images per second meanwhile: all of them wait, for as long as consumers remember a lag. */
  private static final int RATE = 5;

  private static final Set<String> ALERTS =
      new TreeSet<>(
          Set.of(
              "StillstreamAugmenterStalled",
              "StillstreamLabelerStalled",
              "StillstreamNoSteps",
              "StillstreamTransactionHangs"));
  private static final String FIRING =
      "ALERTS{alertstate=\"firing\", alertname=~\"" + String.join("|", ALERTS) + "\"}";

  /** What the consumers know of it themselves, which is nothing. */
  private static final String WITHOUT_RECORDS_LAG =
      FIRING + " unless on (job, instance) stillstream:lag_records:max > 0";

  private HangingTransactionFaults() {}

  static List<Fault> all() {
    return List.of(
        new Fault(
            "hanging-transaction",
            "a producer writes to all partitions of `images`, `views` and `labeled-views` in one"
                + " transaction of "
                + TRANSACTION_TIMEOUT.toMinutes()
                + " minutes, and is gone; Prometheus watches with the project's rules, their"
                + " minutes shortened; `kafka-transactions.sh` as in the runbook",
            false,
            Optional.empty(),
            Optional.of(ExternalTool.PROMETHEUS),
            HangingTransactionFaults::hang));
  }

  private static String hang(FaultExperiment experiment) {
    PipelineUnderTest pipeline = experiment.pipeline();
    try (PrometheusServer prometheus = watch(pipeline)) {
      awaitFiring(prometheus, FIRING, Set.of());
      sendAt(experiment, RATE);
      leaveTransactionOpen(pipeline);
      awaitFiring(prometheus, WITHOUT_RECORDS_LAG, ALERTS);
      pipeline.awaitReady();
      end(pipeline);
      experiment.markRecovered();
      experiment.awaitTraining();
      awaitFiring(prometheus, FIRING, Set.of());
      sendAt(experiment, experiment.scale().rate());
      return "all services ready, none with a lag of its own; %s fired and ended"
          .formatted(String.join(", ", ALERTS));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void sendAt(FaultExperiment experiment, int perSecond) {
    experiment.sender().stop();
    experiment.sender().start(perSecond);
  }

  /** Returns when it has seen the services. */
  private static PrometheusServer watch(PipelineUnderTest pipeline) throws IOException {
    Path directory = Files.createDirectories(pipeline.files().directory().resolve("prometheus"));
    PrometheusServer prometheus =
        PrometheusServer.start(
            directory,
            pipeline.files().home().resolve("deploy/prometheus"),
            Map.of(
                "augmenter", "127.0.0.1:" + pipeline.augmenter().port().orElseThrow(),
                "labeler", "127.0.0.1:" + pipeline.labeler().port().orElseThrow(),
                "trainer", "127.0.0.1:" + pipeline.trainer().port().orElseThrow()),
            HangingTransactionFaults::inSeconds);
    try {
      await("Prometheus runs").until(prometheus::isReady);
      await("Prometheus sees the lag of all services")
          .until(() -> prometheus.query("stillstream_last_stable_offset_lag >= 0").size() == 3);
      return prometheus;
    } catch (RuntimeException | Error e) {
      prometheus.close();
      throw e;
    }
  }

  /**
   * The project's rules: minutes of their ranges become 2 seconds each, and 5 s of waiting. A
   * transaction hangs after 20 s.
   */
  private static String inSeconds(String rules) {
    return rules
        .replaceAll("\\[10m\\]", "[20s]")
        .replaceAll("(?m)(?<= for: )\\d+m$", "5s")
        .replaceAll("(?<=_offset_age_seconds\\)? > )\\d+", "20");
  }

  /** As a process does that is killed: it neither commits nor aborts. */
  private static void leaveTransactionOpen(PipelineUnderTest pipeline) {
    Producer<byte[], byte[]> producer =
        new KafkaProducer<>(
            KafkaSettings.producer(
                pipeline.clients(),
                Map.of(
                    "transactional.id",
                    TRANSACTIONAL_ID,
                    "transaction.timeout.ms",
                    Long.toString(TRANSACTION_TIMEOUT.toMillis()))));
    try {
      producer.initTransactions();
      producer.beginTransaction();
      for (String topic : List.of(Topics.IMAGES, Topics.VIEWS, Topics.LABELED_VIEWS)) {
        for (int partition = 0; partition < PipelineUnderTest.PARTITIONS; partition++) {
          producer.send(new ProducerRecord<>(topic, partition, null, new byte[] {1})).get();
        }
      }
    } catch (ExecutionException e) {
      throw new IllegalStateException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    } finally {
      producer.close(Duration.ZERO);
    }
  }

  /** Finds it and ends it, as the labeler's docs/operations.md says. */
  private static void end(PipelineUnderTest pipeline) {
    String open = transactions(pipeline, "list", "--duration-filter", "10000");
    if (open.lines()
        .noneMatch(line -> line.startsWith(TRANSACTIONAL_ID) && line.contains("Ongoing"))) {
      throw new AssertionError("the open transaction is not listed:\n" + open);
    }
    transactions(pipeline, "forceTerminateTransaction", "--transactionalId", TRANSACTIONAL_ID);
  }

  private static String transactions(PipelineUnderTest pipeline, String... arguments) {
    return SystemCommand.run(
        Stream.concat(
                Stream.of(
                    JavaProcess.java(),
                    "-cp",
                    JavaProcess.classPath(),
                    "org.apache.kafka.tools.TransactionsCommand",
                    "--bootstrap-server",
                    pipeline.clients().get("bootstrap.servers")),
                Stream.of(arguments))
            .toArray(String[]::new));
  }

  private static void awaitFiring(
      PrometheusServer prometheus, String expression, Set<String> alerts) {
    await("firing are " + alerts + ", and no others of " + ALERTS)
        .until(() -> names(prometheus.query(expression)), alerts::equals);
  }

  private static Set<String> names(JsonNode alerts) {
    return StreamSupport.stream(alerts.spliterator(), false)
        .map(alert -> alert.path("metric").path("alertname").asText())
        .collect(Collectors.toSet());
  }
}
