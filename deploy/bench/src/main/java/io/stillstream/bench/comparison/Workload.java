package io.stillstream.bench.comparison;

import java.time.Duration;

/** One of the two that a row compares. */
public interface Workload {

  /** Works for about that long, on one image after the other, and tells what it got done. */
  WorkloadResult run(Duration time);
}
