package io.stillstream.trainer.training.decode;

import java.time.Duration;

/** Metrics of decoding; docs/metrics.md has names and alerts. Thread-safe. */
public interface DecodeMetrics {
  /** Nothing is counted. */
  DecodeMetrics NONE =
      new DecodeMetrics() {
        @Override
        public void waited(Duration took) {}

        @Override
        public void decoded(Duration took) {}
      };

  /** The training thread waited this long for a task, or did it itself. */
  void waited(Duration took);

  /** A thread of the pool worked this long on a task. */
  void decoded(Duration took);
}
