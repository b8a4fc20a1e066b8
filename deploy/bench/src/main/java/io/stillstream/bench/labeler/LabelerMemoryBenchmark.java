package io.stillstream.bench.labeler;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.stillstream.bench.machine.DeviceMemory;
import io.stillstream.bench.machine.ProcessMemory;
import io.stillstream.bench.report.BenchmarkReport;
import io.stillstream.bench.report.MedianSpread;
import io.stillstream.labeler.LabelerService;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;

/**
 * Labels many views that come in bursts of all sizes, so that batches close at every fill, and
 * watches the process's memory.
 */
final class LabelerMemoryBenchmark {
  /** Fewer views than this say nothing. */
  static final int LEAST = 2_000;

  /** Short, so that a burst that does not fill a batch need not be waited for. */
  static final Map<String, String> SETTINGS = Map.of("batch.max-delay", "1ms");

  private static final int SAMPLES = 200;
  private static final long SEED = 42;

  private final LabelerTestbed kafka;
  private final InferenceSetup setup;
  private final BenchmarkReport report;

  LabelerMemoryBenchmark(LabelerTestbed kafka, InferenceSetup setup, BenchmarkReport report) {
    this.kafka = kafka;
    this.setup = setup;
    this.report = report;
  }

  /** Labels so many views, and prints what it saw. */
  void run(int views) {
    SplittableRandom random = new SplittableRandom(SEED);
    List<ProcessMemory> samples = new ArrayList<>();
    List<Long> device = new ArrayList<>();
    SimpleMeterRegistry meters = new SimpleMeterRegistry();
    LabelerService labeler = kafka.labeler(meters);
    LabelerMonitor monitor = new LabelerMonitor(labeler, meters);
    try (labeler) {
      labeler.start();
      while (kafka.sent() < views) {
        long left = views - kafka.sent();
        kafka.send(Math.min(left, 1 + random.nextInt(2 * setup.batch())));
        monitor.awaitBatched(kafka.sent());
        if (kafka.sent() >= (long) views * (samples.size() + 1) / SAMPLES) {
          samples.add(ProcessMemory.now());
          if (setup.gpu()) {
            device.add(DeviceMemory.used());
          }
        }
      }
      monitor.awaitLabeled(views);
    }
    report.printMemory(
        "labelled views, %.0f of at most %d in a batch on average"
            .formatted(monitor.fill(), setup.batch()),
        views,
        MedianSpread.afterWarmUp(samples),
        MedianSpread.afterWarmUp(device),
        Map.of("fill", monitor.fill(), "batch", setup.batch()));
  }
}
