package io.stillstream.faults.injection;

import static io.stillstream.faults.pipeline.PipelineUnderTest.await;

import io.stillstream.embedded.process.ServiceProcess;
import io.stillstream.faults.audit.CheckpointAndLedger;
import io.stillstream.faults.experiment.Fault;
import io.stillstream.faults.experiment.FaultExperiment;
import io.stillstream.faults.pipeline.LabeledViewTopicCopy;
import io.stillstream.faults.pipeline.PipelineUnderTest;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
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
          .pollInterval(Duration.ofMillis(100))
          .failFast("the third trainer has ended, see its log", () -> !trainer.process().isAlive())
          .until(
              () -> {
                most.accumulateAndGet(
                    (long) trainer.metrics().sum("student_merge_bytes"), Math::max);
                return CheckpointAndLedger.viewsSeen(directory);
              },
              views -> views == PARTITIONS * EACH);
      trainer.process().terminate();
      side.delete();
    } finally {
      trainer.process().close();
    }
    CheckpointAndLedger.requireEachOnce(
        CheckpointAndLedger.read(directory).orElseThrow().lines(), PARTITIONS, EACH);
    if (most.get() > BUDGET || most.get() == 0) {
      throw new AssertionError(most + " bytes were waiting");
    }
    return "at most %.1f MB were seen waiting".formatted(most.get() / 1e6);
  }
}
