package io.stillstream.bench.comparison;

/**
 * How much a workload did in its turn.
 *
 * @param images how many, or steps; at least 1
 * @param cpuNanos processor time of the workload's threads
 * @param wallNanos wall-clock time
 */
public record WorkloadResult(long images, long cpuNanos, long wallNanos) {

  /** Refuses a turn that measured nothing. */
  public WorkloadResult {
    if (images < 1 || cpuNanos < 1 || wallNanos < 1) {
      throw new IllegalArgumentException(
          "a turn must do something, was %d images in %d ns, %d ns of processor time"
              .formatted(images, wallNanos, cpuNanos));
    }
  }

  /** Images per second of processor time. */
  public double perCpuSecond() {
    return images * 1e9 / cpuNanos;
  }

  /** Images per second. */
  public double perSecond() {
    return images * 1e9 / wallNanos;
  }
}
