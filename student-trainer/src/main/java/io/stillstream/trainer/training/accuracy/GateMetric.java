package io.stillstream.trainer.training.accuracy;

/** What the answers of challenger and baseline are compared with: {@code release.gate.metric}. */
public enum GateMetric {
  /** The truth where there is one, else the teacher's answer. */
  AUTO,
  /** The truth: label or mask; images without it do not count. */
  ACCURACY,
  /** The teacher's answer; images without it do not count. */
  AGREEMENT
}
