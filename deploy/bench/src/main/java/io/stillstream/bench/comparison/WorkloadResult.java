package io.stillstream.bench.comparison;

/**
 * What a side got done in its turn.
 *
 * @param images how many, at least 1
 * @param cpuNanos time of the processor on the side's own threads, nanoseconds
 */
public record WorkloadResult(long images, long cpuNanos) {

  /** Refuses a turn that measured nothing. */
  public WorkloadResult {
    if (images < 1 || cpuNanos < 1) {
      throw new IllegalArgumentException(
          "a turn must get something done, was " + images + " images in " + cpuNanos + " ns");
    }
  }

  /** Images per second of processor time. */
  public double imagesPerCpuSecond() {
    return images * 1e9 / cpuNanos;
  }
}
