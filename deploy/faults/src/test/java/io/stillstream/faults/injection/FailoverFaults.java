package io.stillstream.faults.injection;

import static io.stillstream.faults.pipeline.PipelineUnderTest.await;

import io.stillstream.embedded.process.JavaProcess;
import io.stillstream.embedded.process.ServiceProcess;
import io.stillstream.faults.audit.CheckpointAndLedger;
import io.stillstream.faults.audit.DeliveryAudit;
import io.stillstream.faults.audit.TopicContents;
import io.stillstream.faults.experiment.Fault;
import io.stillstream.faults.experiment.FaultExperiment;
import io.stillstream.faults.pipeline.ReplicatedPipeline;
import io.stillstream.schemas.topics.Topics;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.ElectionType;
import org.apache.kafka.common.TopicPartition;

/**
 * Brokers of a cluster fail over, on a second pipeline beside the one that all others are done to.
 */
final class FailoverFaults {
  private static final int DIED = 1;
  private static final int BAD_START = 2;
  private static final int RATE = 25;
  private static final int IMAGES = 60;

  private FailoverFaults() {}

  static List<Fault> all() {
    return List.of(
        new Fault(
            "broker-failover",
            "a second pipeline on three brokers, replication factor 3 and min.insync.replicas 2;"
                + " kill -9 of one that leads while images flow, started again, then of another",
            false,
            FailoverFaults::failOver),
        new Fault(
            "unclean-election",
            "a second pipeline on three brokers; one replica is down while images flow, then the"
                + " leader is lost, and the stale replica is elected: committed records of images,"
                + " views and labeled-views are lost",
            false,
            FailoverFaults::loseRecords));
  }

  private static String failOver(FaultExperiment experiment) {
    Map<String, String> settings = Map.of("min.insync.replicas", "2");
    try (ReplicatedPipeline pipeline =
        new ReplicatedPipeline(
            experiment.pipeline(), "broker-failover", List.of(2, 3, 1), settings)) {
      pipeline.trainOn(IMAGES, RATE);
      pipeline.sender().start(RATE);
      for (int node : List.of(2, 3)) {
        JavaProcess broker = pipeline.cluster().broker(node);
        long before = CheckpointAndLedger.viewsSeen(pipeline.trainerDirectory());
        broker.kill();
        await("training goes on without broker " + node)
            .failFast("a service has ended, see its log", () -> !allAlive(pipeline))
            .until(() -> CheckpointAndLedger.viewsSeen(pipeline.trainerDirectory()) > before);
        broker.start();
        pipeline.awaitInSync(Set.of(1, 2, 3));
      }
      pipeline.sender().stop();
      pipeline.awaitSaved();
      pipeline.awaitReady();
      DeliveryAudit.Result found =
          DeliveryAudit.of(
              pipeline.sender().sent(),
              TopicContents.read(pipeline.clients()),
              CheckpointAndLedger.read(pipeline.trainerDirectory()).orElseThrow());
      if (!found.violations().isEmpty()) {
        throw new AssertionError(String.join("; ", found.violations()));
      }
      return "%,d views of %,d images, each trained once; no service ended"
          .formatted(found.trained(), found.good());
    }
  }

  private static boolean allAlive(ReplicatedPipeline pipeline) {
    return pipeline.services().stream().allMatch(service -> service.process().isAlive());
  }

  private static String loseRecords(FaultExperiment experiment) {
    Map<String, String> settings =
        Map.of("unclean.leader.election.enable", "true", "min.insync.replicas", "1");
    try (ReplicatedPipeline pipeline =
        new ReplicatedPipeline(
            experiment.pipeline(), "unclean-election", List.of(2, 3), settings)) {
      pipeline.trainOn(IMAGES, RATE);
      pipeline.awaitInSync(Set.of(2, 3));
      pipeline.cluster().broker(3).kill();
      pipeline.awaitInSync(Set.of(2));
      pipeline.trainOn(IMAGES, RATE);
      Map<TopicPartition, Long> before = ends(pipeline);

      pipeline.cluster().broker(2).kill();
      pipeline.cluster().broker(3).start();
      electUnclean(pipeline);
      Map<TopicPartition, Long> after = ends(pipeline);
      for (String topic : ReplicatedPipeline.REPLICATED) {
        if (lost(before, after, topic) <= 0) {
          throw new AssertionError(topic + " has lost nothing: " + before + ", " + after);
        }
      }
      requireAllStop(pipeline);
      goOn(pipeline, after);
      pipeline.recordsLost();
      pipeline.trainOn(IMAGES, RATE);
      long views = pipeline.views();
      long trained = CheckpointAndLedger.viewsSeen(pipeline.trainerDirectory());
      if (trained != views) {
        throw new AssertionError(trained + " views were trained of " + views);
      }
      return ("lost: %s; each service ended with 1 and \"… lies beyond the end …\", and again when"
              + " started again (the trainer with 2); with offsets set by hand they went on:"
              + " %,d views trained, each once")
          .formatted(
              ReplicatedPipeline.REPLICATED.stream()
                  .map(topic -> lost(before, after, topic) + " offsets of " + topic)
                  .collect(Collectors.joining(", ")),
              trained);
    }
  }

  private static long lost(
      Map<TopicPartition, Long> before, Map<TopicPartition, Long> after, String topic) {
    return before.entrySet().stream()
        .filter(entry -> entry.getKey().topic().equals(topic))
        .mapToLong(entry -> entry.getValue() - after.get(entry.getKey()))
        .sum();
  }

  /** As kafka-leader-election.sh does, where the controller has not done it already. */
  private static void electUnclean(ReplicatedPipeline pipeline) {
    await("the stale replica leads")
        .ignoreExceptionsInstanceOf(ExecutionException.class)
        .until(
            () -> {
              boolean leads =
                  pipeline
                      .admin()
                      .describeTopics(ReplicatedPipeline.REPLICATED)
                      .allTopicNames()
                      .get()
                      .values()
                      .stream()
                      .flatMap(topic -> topic.partitions().stream())
                      .allMatch(
                          partition -> partition.leader() != null && partition.leader().id() == 3);
              if (!leads) {
                var unused =
                    pipeline
                        .admin()
                        .electLeaders(ElectionType.UNCLEAN, pipeline.partitions())
                        .partitions()
                        .get();
              }
              return leads;
            });
  }

  private static Map<TopicPartition, Long> ends(ReplicatedPipeline pipeline) {
    Map<TopicPartition, OffsetSpec> wanted =
        pipeline.partitions().stream()
            .collect(Collectors.toMap(Function.identity(), partition -> OffsetSpec.latest()));
    return await("ends of partitions")
        .ignoreExceptionsInstanceOf(ExecutionException.class)
        .until(
            () ->
                pipeline.admin().listOffsets(wanted).all().get().entrySet().stream()
                    .collect(
                        Collectors.toMap(Map.Entry::getKey, entry -> entry.getValue().offset())),
            ends -> ends.size() == wanted.size());
  }

  /** Each ends by itself with one sentence, and does not begin anew when it is started again. */
  private static void requireAllStop(ReplicatedPipeline pipeline) {
    for (ServiceProcess service : pipeline.services()) {
      requireEnd(service.process(), DIED);
    }
    for (ServiceProcess service : pipeline.services()) {
      service.process().start();
      boolean isTrainer = service.process().name().equals(pipeline.trainer().process().name());
      requireEnd(service.process(), isTrainer ? BAD_START : DIED);
    }
  }

  private static void requireEnd(JavaProcess service, int code) {
    int ended = service.awaitEnd();
    String said = service.output();
    if (ended != code || !said.contains("lies beyond the end")) {
      throw new AssertionError(service.name() + " ended with " + ended + ": " + said.strip());
    }
  }

  /** What the documentation says to do: all had read everything, so they go on at the ends. */
  private static void goOn(ReplicatedPipeline pipeline, Map<TopicPartition, Long> ends) {
    pipeline.files().trainer(500, "on-topic-change: latest\n");
    setOffsets(pipeline, "teacher-labeler", Topics.VIEWS, ends);
    setOffsets(pipeline, "augmenter", Topics.IMAGES, ends);
    pipeline.trainer().process().start();
    await("the trainer is ready")
        .failFast(
            "the trainer has ended, see its log", () -> !pipeline.trainer().process().isAlive())
        .until(pipeline.trainer()::isReady);
    pipeline.labeler().process().start();
    pipeline.augmenter().process().start();
    pipeline.awaitReady();
  }

  private static void setOffsets(
      ReplicatedPipeline pipeline, String group, String topic, Map<TopicPartition, Long> ends) {
    Map<TopicPartition, OffsetAndMetadata> offsets =
        ends.entrySet().stream()
            .filter(entry -> entry.getKey().topic().equals(topic))
            .collect(
                Collectors.toMap(
                    Map.Entry::getKey, entry -> new OffsetAndMetadata(entry.getValue())));
    await("the group " + group + " has no member, and new offsets")
        .ignoreExceptionsInstanceOf(ExecutionException.class)
        .until(
            () -> {
              pipeline.admin().alterConsumerGroupOffsets(group, offsets).all().get();
              return true;
            });
  }
}
