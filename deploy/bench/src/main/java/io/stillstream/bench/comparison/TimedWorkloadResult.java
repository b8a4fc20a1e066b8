package io.stillstream.bench.comparison;

/**
 * What a side got done in its turn, by two clocks.
 *
 * @param images how many, at least 1
 * @param cpuNanos time of the processors on all threads of the side, nanoseconds
 * @param wallNanos time on the wall, nanoseconds
 */
public record TimedWorkloadResult(long images, long cpuNanos, long wallNanos) {

  /** Refuses a turn that measured nothing. */
  public TimedWorkloadResult {
    if (images < 1 || cpuNanos < 1 || wallNanos < 1) {
      throw new IllegalArgumentException(
          "a turn must get something done, was %d images in %d ns, %d ns of processor time"
              .formatted(images, wallNanos, cpuNanos));
    }
  }

  /** Images per second of processor time. */
  double perCpuSecond() {
    return images * 1e9 / cpuNanos;
  }

  /** Images per second. */
  public double perSecond() {
    return images * 1e9 / wallNanos;
  }
}
