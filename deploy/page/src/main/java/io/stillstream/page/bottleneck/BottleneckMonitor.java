package io.stillstream.page.bottleneck;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.stillstream.page.bottleneck.BottleneckReport.StageEvidence;
import io.stillstream.page.topic.PageGroups;
import io.stillstream.page.topic.PageTopics;
import io.stillstream.page.trainer.TrainerThreadTime;
import io.stillstream.page.trainer.TrainingStatus;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.GroupAuthorizationException;
import org.apache.kafka.common.errors.InterruptException;

/**
 * Observes the stages, and says which of them limits the stream. Augmenter and labeler by the
 * offsets that their groups commit, which become visible together with what they write; the trainer
 * by what it answers. For one thread.
 */
public final class BottleneckMonitor {
  private static final String AUGMENTER = "augmenter";
  private static final String LABELER = "labeler";
  private static final String TRAINER = "trainer";

  /** Offsets that may wait before an idle stage; two for each partition may be markers. */
  private static final double FLOOR = 20;

  private final PageTopics topics;
  private final PageGroups groups;
  private final Function<String, Map<TopicPartition, Long>> committed;
  private final MeterRegistry meters;
  private final Map<String, ObservedStage> stages = new LinkedHashMap<>();

  /**
   * @param committed what a group has committed, by its name; throws {@link KafkaException} if that
   *     cannot be read
   * @param meters of the process: the labeler's are among them if it runs here
   */
  public BottleneckMonitor(
      PageTopics topics,
      PageGroups groups,
      Function<String, Map<TopicPartition, Long>> committed,
      MeterRegistry meters) {
    this.topics = topics;
    this.groups = groups;
    this.committed = committed;
    this.meters = meters;
    stages.put(AUGMENTER, new ObservedStage());
    if (topics.source().equals(topics.labeledViews())) {
      stages.put(LABELER, new ObservedStage());
    }
    stages.put(TRAINER, new ObservedStage());
  }

  /**
   * Takes what is known now. To be called every two seconds.
   *
   * @param ends of the topics; empty if no broker says
   */
  public BottleneckReport observe(
      long millis, Optional<Map<TopicPartition, Long>> ends, TrainingStatus training) {
    if (ends.isEmpty()) {
      stages.values().forEach(stage -> stage.unknown("no broker answers"));
    } else {
      observeService(AUGMENTER, millis, ends.get(), topics.images(), groups.augmenter());
      if (stages.containsKey(LABELER)) {
        observeService(LABELER, millis, ends.get(), topics.views(), groups.labeler());
        addLabelerParts(millis, stages.get(LABELER));
      }
      observeTrainer(millis, ends.get(), training);
    }
    return report();
  }

  /** A service that commits offsets of a topic. */
  private void observeService(
      String id, long millis, Map<TopicPartition, Long> ends, String topic, String group) {
    ObservedStage stage = stages.get(id);
    Map<TopicPartition, Long> done;
    try {
      done = committed.apply(group);
    } catch (InterruptException e) {
      throw e;
    } catch (GroupAuthorizationException e) {
      stage.unknown("the page may not see the offsets of group " + group);
      return;
    } catch (KafkaException e) {
      stage.unknown("brokers do not tell the offsets of group " + group);
      return;
    }
    double arrived = 0;
    double backlog = 0;
    double finished = 0;
    int partitions = 0;
    for (Map.Entry<TopicPartition, Long> end : ends.entrySet()) {
      if (!end.getKey().topic().equals(topic)) {
        continue;
      }
      Long offset = done.get(end.getKey());
      if (offset == null && end.getValue() > 0) {
        stage.unknown("group %s has committed nothing of %s".formatted(group, end.getKey()));
        return;
      }
      long next = offset == null ? 0 : offset;
      arrived += end.getValue();
      backlog += Math.max(0, end.getValue() - next);
      finished += next;
      partitions++;
    }
    if (partitions == 0) {
      stage.unknown("there is no topic " + topic);
      return;
    }
    stage.add(
        millis, new StageSample(arrived, backlog, finished), Math.max(FLOOR, 2.0 * partitions));
  }

  private void observeTrainer(
      long millis, Map<TopicPartition, Long> ends, TrainingStatus training) {
    ObservedStage stage = stages.get(TRAINER);
    if (!training.isKnown()) {
      stage.unknown("the trainer does not answer");
      return;
    }
    if (training.backlog() == null || training.batchSize() == null) {
      // Its lag is no evidence: views that it holds back for the order of partitions are in it.
      stage.unknown("the trainer is of an earlier version, which does not tell its backlog");
      return;
    }
    double arrived = 0;
    int partitions = 0;
    for (Map.Entry<TopicPartition, Long> end : ends.entrySet()) {
      if (end.getKey().topic().equals(topics.source())) {
        arrived += end.getValue();
        partitions++;
      }
    }
    stage.add(
        millis,
        new StageSample(
            arrived, training.backlog(), (double) training.steps() + training.viewsSeen()),
        // A batch that is not full waits for more.
        training.batchSize() + Math.max(FLOOR, 2.0 * partitions));
    addTrainerParts(millis, stage, training.time());
  }

  private static void addTrainerParts(long millis, ObservedStage stage, TrainerThreadTime time) {
    if (time == null) {
      stage.hideParts();
      return;
    }
    stage.addParts(
        millis,
        shares -> {
          // Steps wait for what is not decoded: that is a part of them.
          double step = Math.max(0, shares[0] - shares[1]);
          double rest = Math.max(0, 1 - step - shares[1] - shares[2]);
          return List.of(
              new BusyPart("training steps", step),
              new BusyPart("decoding", shares[1]),
              new BusyPart("evaluation and release", shares[2]),
              new BusyPart(BusyPart.WAITING, rest));
        },
        time.steps(),
        time.decodeWait(),
        time.evaluation() + time.checkpoints());
  }

  /** What it tells in this process; elsewhere that is not known. */
  private void addLabelerParts(long millis, ObservedStage stage) {
    Timer inference = meters.find("teacher.inference.duration").timer();
    Timer commit = meters.find("teacher.commit.duration").timer();
    if (inference == null || commit == null || stage.load().state() == StageState.UNKNOWN) {
      stage.hideParts();
      return;
    }
    stage.addParts(
        millis,
        shares ->
            List.of(
                new BusyPart("inference", shares[0]),
                new BusyPart("sending", shares[1]),
                // Both may happen at the same time.
                new BusyPart(BusyPart.WAITING, 1 - Math.max(shares[0], shares[1]))),
        inference.totalTime(TimeUnit.SECONDS),
        commit.totalTime(TimeUnit.SECONDS));
  }

  private BottleneckReport report() {
    Map<String, StageLoad> loads = new LinkedHashMap<>();
    List<StageEvidence> evidence = new ArrayList<>();
    stages.forEach(
        (id, stage) -> {
          loads.put(id, stage.load());
          evidence.add(stage.evidence(id));
        });
    Bottleneck bottleneck = Bottleneck.of(loads);
    String part =
        bottleneck.kind() == Bottleneck.Kind.STAGE
            ? stages.get(bottleneck.stage()).largestPart().orElse(null)
            : null;
    return new BottleneckReport(
        TimeUnit.MILLISECONDS.toSeconds(StageWindow.LENGTH),
        bottleneck.kind(),
        bottleneck.stage(),
        bottleneck.next(),
        part,
        evidence);
  }
}
