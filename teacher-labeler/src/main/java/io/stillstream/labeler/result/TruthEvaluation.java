package io.stillstream.labeler.result;

/** A teacher's answer compared with the known truth of its view. */
public sealed interface TruthEvaluation permits GroundTruth.Evaluation, MaskTruth.Evaluation {
  /** Cross entropy in nats: weighted for mixed views, the mean over pixels for masks. */
  double loss();
}
