package io.stillstream.bench.labeler;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.stillstream.bench.comparison.Workload;
import io.stillstream.bench.comparison.WorkloadResult;
import io.stillstream.bench.machine.ProcessCpuTime;
import io.stillstream.labeler.LabelerService;
import java.time.Duration;
import java.util.Optional;

/**
 * The labeler as a workload: it starts for its turn on a topic that is full already, and stops
 * after it. What counts is the time between two commits, the first one after a warm-up, the last
 * one while there still is work, so neither the start nor an idle end is in it.
 */
final class KafkaLabelerWorkload implements Workload {
  /** Warm-up, and again what is left over at the end, as a part of what is measured. */
  private static final double MARGIN = 0.25;

  /** Seconds: no margin is shorter, since a commit may bring as much as 200 ms and more. */
  private static final double COMMIT = 0.6;

  /** A turn of fewer batches would begin and end with the same commit. */
  private static final int LEAST_BATCHES = 20;

  private final LabelerTestbed kafka;
  private final int batch;
  private final ProcessCpuTime processors;
  private double rate;
  private long labeledBefore;

  /**
   * @param rate images per second to expect at first
   */
  KafkaLabelerWorkload(LabelerTestbed kafka, InferenceSetup setup, double rate) {
    this.kafka = kafka;
    this.batch = setup.batch();
    this.processors = new ProcessCpuTime(kafka.dependencyThreads());
    this.rate = rate;
  }

  @Override
  public WorkloadResult run(Duration time) {
    long images = Math.max((long) LEAST_BATCHES * batch, Math.round(rate * time.toNanos() / 1e9));
    Optional<WorkloadResult> result = drain(images);
    while (result.isEmpty()) {
      images *= 2;
      result = drain(images);
    }
    rate = result.get().perSecond();
    return result.get();
  }

  /** Empty if it was over too soon to be measured: labels appear a whole transaction at a time. */
  private Optional<WorkloadResult> drain(long images) {
    long margin = Math.round(Math.max(images * MARGIN, rate * COMMIT));
    long all = images + 2 * margin;
    kafka.send(Math.max(0, all - (kafka.sent() - labeledBefore)));
    SimpleMeterRegistry meters = new SimpleMeterRegistry();
    LabelerService labeler = kafka.labeler(meters);
    LabelerMonitor monitor = new LabelerMonitor(labeler, meters);
    long labeled;
    long cpuNanos;
    long wallNanos;
    try (labeler) {
      labeler.start();
      monitor.awaitLabeled(margin);
      long first = monitor.labeled();
      long cpu = processors.nanos();
      long start = System.nanoTime();
      monitor.awaitLabeled(Math.min(all, first + images));
      labeled = monitor.labeled() - first;
      wallNanos = System.nanoTime() - start;
      cpuNanos = processors.nanos() - cpu;
    }
    labeledBefore += monitor.labeled();
    return labeled > 0 && cpuNanos > 0
        ? Optional.of(new WorkloadResult(labeled, cpuNanos, wallNanos))
        : Optional.empty();
  }
}
