package io.stillstream.faults.injection;

import static org.awaitility.Awaitility.await;

import io.stillstream.embedded.process.ServiceProcess;
import io.stillstream.faults.audit.CheckpointAndLedger;
import io.stillstream.faults.experiment.Fault;
import io.stillstream.faults.experiment.FaultExperiment;
import io.stillstream.faults.pipeline.LabeledViewTopicCopy;
import io.stillstream.faults.pipeline.PipelineUnderTest;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;

/** More records wait for each other than there is memory. */
final class MergeBufferFaults {
  private static final String NAME = "trainer-3";
  private static final String TOPIC = "labeled-views-large";
  private static final int PARTITIONS = 48;
  private static final int EACH = 20;
  private static final int MORE_BYTES = 200_000;
  private static final long BUDGET = 16 << 20;

  private MergeBufferFaults() {}

  static List<Fault> all() {
    return List.of(
        new Fault(
            "large-views",
            "a second trainer with a heap of 256 MB reads 48 partitions with 192 MB, of which"
                + " merge.max-bytes lets 16 MB wait",
            false,
            MergeBufferFaults::read));
  }

  private static String read(FaultExperiment experiment) {
    PipelineUnderTest pipeline = experiment.pipeline();
    Path directory = pipeline.trainerDirectory().resolveSibling(NAME);
    String topic = "topics: {labeled-views: %s}\ngroup-id: %s\n".formatted(TOPIC, NAME);
    ServiceProcess trainer = pipeline.extraTrainer(NAME, directory, topic);
    AtomicLong most = new AtomicLong();
    try (LabeledViewTopicCopy side = new LabeledViewTopicCopy(TOPIC, pipeline.clients())) {
      side.make(PARTITIONS);
      side.fill(PARTITIONS, EACH, MORE_BYTES);
      trainer.process().start();
      await("all large views are trained and saved")
          .atMost(PipelineUnderTest.PATIENCE)
          .pollInterval(Duration.ofMillis(100))
          .failFast("the third trainer has ended, see its log", () -> !trainer.process().isAlive())
          .until(
              () -> {
                most.accumulateAndGet(
                    (long) trainer.metrics().sum("student_merge_bytes"), Math::max);
                return CheckpointAndLedger.read(directory)
                    .map(CheckpointAndLedger::viewsSeen)
                    .orElse(0L);
              },
              views -> views == PARTITIONS * EACH);
      trainer.process().terminate();
      side.delete();
    } finally {
      trainer.process().close();
    }
    account(CheckpointAndLedger.read(directory).orElseThrow());
    if (most.get() > BUDGET || most.get() == 0) {
      throw new AssertionError(most + " bytes were waiting");
    }
    return "at most %.1f MB were seen waiting".formatted(most.get() / 1e6);
  }

  /** Each record once. */
  private static void account(CheckpointAndLedger books) {
    Map<Integer, Long> next = new HashMap<>();
    long views = 0;
    for (CheckpointAndLedger.LedgerLine line : books.lines()) {
      views += line.views();
      line.ranges()
          .forEach(
              (partition, range) -> {
                if (range[0] != next.getOrDefault(partition, 0L)) {
                  throw new AssertionError(
                      "%d@%d comes after %s".formatted(partition, range[0], next));
                }
                next.put(partition, range[1] + 1);
              });
    }
    if (views != PARTITIONS * EACH
        || next.size() != PARTITIONS
        || next.values().stream().anyMatch(end -> end != EACH)) {
      throw new AssertionError("%d views up to %s".formatted(views, next));
    }
  }
}
