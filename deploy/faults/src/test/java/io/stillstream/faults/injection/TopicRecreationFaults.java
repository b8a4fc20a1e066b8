package io.stillstream.faults.injection;

import static io.stillstream.faults.pipeline.PipelineUnderTest.await;

import io.stillstream.embedded.process.JavaProcess;
import io.stillstream.faults.audit.CheckpointAndLedger;
import io.stillstream.faults.experiment.Fault;
import io.stillstream.faults.experiment.FaultExperiment;
import io.stillstream.faults.pipeline.LabeledViewTopicCopy;
import io.stillstream.faults.pipeline.PipelineUnderTest;
import java.nio.file.Path;
import java.util.List;

/** The topic that is learned from becomes another one under the same name. */
final class TopicRecreationFaults {
  private static final String NAME = "trainer-1";
  private static final String TOPIC = "labeled-views-copy";
  private static final int BAD_START = 2;
  private static final int DIED = 1;

  /**
   * Records in each partition, topic after topic: each grows past the offsets of the one before.
   */
  private static final List<Integer> LENGTHS = List.of(12, 20, 28);

  private TopicRecreationFaults() {}

  static List<Fault> all() {
    return List.of(
        new Fault(
            "topic-recreated",
            "the topic of a second trainer is deleted and made anew, with more records than before,"
                + " while that trainer is down, and again while it runs",
            false,
            TopicRecreationFaults::recreate));
  }

  private static String recreate(FaultExperiment experiment) {
    PipelineUnderTest pipeline = experiment.pipeline();
    Path directory = pipeline.trainerDirectory().resolveSibling(NAME);
    String topic = "topics: {labeled-views: %s}\ngroup-id: %s\n".formatted(TOPIC, NAME);
    JavaProcess trainer = pipeline.extraTrainer(NAME, directory, topic).process();
    try (LabeledViewTopicCopy side = new LabeledViewTopicCopy(TOPIC, pipeline.clients())) {
      side.make(PipelineUnderTest.PARTITIONS);
      side.fill(PipelineUnderTest.PARTITIONS, LENGTHS.get(0), 0);
      trainer.start();
      awaitTrained(trainer, directory, 1);
      trainer.terminate();

      side.make(PipelineUnderTest.PARTITIONS);
      side.fill(PipelineUnderTest.PARTITIONS, LENGTHS.get(1), 0);
      trainer.start();
      requireEnd(trainer, BAD_START, "set on-topic-change to earliest, latest or keep");
      pipeline.configureTrainer(NAME, directory, topic + "on-topic-change: earliest\n");
      trainer.start();
      awaitTrained(trainer, directory, 2);

      side.make(PipelineUnderTest.PARTITIONS);
      side.fill(PipelineUnderTest.PARTITIONS, LENGTHS.get(2), 0);
      requireEnd(trainer, DIED, "its next start does as on-topic-change says: earliest");
      trainer.start();
      awaitTrained(trainer, directory, 3);
      trainer.terminate();
      account(CheckpointAndLedger.read(directory).orElseThrow());
    } finally {
      trainer.close();
    }
    return "refused with both ids; ended with both ids; went on with the first record of each"
        + " topic, as set";
  }

  private static void awaitTrained(JavaProcess trainer, Path directory, int topics) {
    long views =
        LENGTHS.subList(0, topics).stream()
            .mapToLong(each -> each * PipelineUnderTest.PARTITIONS)
            .sum();
    await(views + " views are trained and saved")
        .failFast("the second trainer has ended, see its log", () -> !trainer.isAlive())
        .until(() -> CheckpointAndLedger.viewsSeen(directory) == views);
  }

  private static void requireEnd(JavaProcess trainer, int code, String words) {
    int ended = trainer.awaitEnd();
    String said = trainer.output();
    if (ended != code
        || !said.contains(TOPIC + " is another topic than the offsets are of: it has id ")
        || !said.contains(words)) {
      throw new AssertionError("the trainer ended with " + ended + ": " + said.strip());
    }
  }

  /** Each record of each topic once. */
  private static void account(CheckpointAndLedger saved) {
    List<List<CheckpointAndLedger.LedgerLine>> topics = saved.byTopic();
    if (topics.size() != LENGTHS.size()) {
      throw new AssertionError(topics.size() + " topics in the ledger");
    }
    long step = 0;
    for (int topic = 0; topic < topics.size(); topic++) {
      for (CheckpointAndLedger.LedgerLine line : topics.get(topic)) {
        if (line.firstStep() != step + 1) {
          throw new AssertionError(line.firstStep() + " comes after " + step);
        }
        step = line.lastStep();
      }
      try {
        CheckpointAndLedger.requireEachOnce(
            topics.get(topic), PipelineUnderTest.PARTITIONS, LENGTHS.get(topic));
      } catch (AssertionError e) {
        throw new AssertionError("topic " + topic + ": " + e.getMessage(), e);
      }
    }
  }
}
