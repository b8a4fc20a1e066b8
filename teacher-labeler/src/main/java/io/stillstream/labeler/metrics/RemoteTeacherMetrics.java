package io.stillstream.labeler.metrics;

import java.time.Duration;

/** Metrics of teachers that servers compute. */
public interface RemoteTeacherMetrics {
  /** A request for inference has ended, well or not, after this time. */
  void request(Duration took);

  /**
   * A request failed in a way that may pass, so it is to be repeated.
   *
   * @param code gRPC's status code, or {@code VERSION} where another version answered
   */
  void retry(String code);
}
