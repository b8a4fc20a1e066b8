package io.stillstream.bench.labeler;

import io.stillstream.bench.comparison.Workload;
import io.stillstream.bench.comparison.WorkloadResult;
import io.stillstream.bench.machine.ProcessCpuTime;
import java.time.Duration;
import java.util.function.LongToIntFunction;

/** A loop of batches in this process, until its time is over. */
final class InferenceWorkload implements Workload {
  private final InferenceSetup setup;
  private final LongToIntFunction batch;
  private final ProcessCpuTime processors = new ProcessCpuTime();

  private InferenceWorkload(InferenceSetup setup, LongToIntFunction batch) {
    this.setup = setup;
    this.batch = batch;
  }

  /**
   * @param batch answers the n-th batch, and says how many logits there are
   */
  static InferenceWorkload of(InferenceSetup setup, LongToIntFunction batch) {
    return new InferenceWorkload(setup, batch);
  }

  @Override
  public WorkloadResult run(Duration time) {
    long batches = 0;
    long read = 0;
    long cpu = processors.nanos();
    long start = System.nanoTime();
    do {
      read += batch.applyAsInt(batches++);
    } while (System.nanoTime() - start < time.toNanos());
    long wall = System.nanoTime() - start;
    if (read != batches * setup.batch() * setup.teacher().output().size()) {
      throw new IllegalStateException(read + " logits from " + batches + " batches");
    }
    return new WorkloadResult(batches * setup.batch(), processors.nanos() - cpu, wall);
  }
}
