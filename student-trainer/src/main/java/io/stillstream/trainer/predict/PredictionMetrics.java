package io.stillstream.trainer.predict;

import java.time.Duration;

/** Metrics of the prediction endpoint; docs/metrics.md has names and alerts. */
public interface PredictionMetrics {
  /** A request has been dealt with. */
  void answered(Outcome outcome, Duration took);

  /** What came of a request. */
  enum Outcome {
    PREDICTED,
    /** The request or its image is bad. */
    REFUSED,
    /** There is no release yet, too many others wait, or the service stops. */
    UNAVAILABLE
  }
}
