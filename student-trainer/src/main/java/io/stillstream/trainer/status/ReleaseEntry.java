package io.stillstream.trainer.status;

import io.stillstream.trainer.release.ModelCard;

/**
 * A release as {@code GET /releases} lists it.
 *
 * @param task of the student: {@code classification}, {@code segmentation} or {@code embedding}
 * @param alias {@code champion} or {@code challenger}: what it was made as
 * @param created milliseconds since the epoch
 * @param accuracy share of correct predictions, or the score of another task (mean IoU, mean
 *     cosine), of the held-out set if there is one, else prequential; null if unknown
 * @param gateAccuracy the same on the gate's images; null without a gate
 * @param bestAccuracy of the best champion before, on the gate's images; null without a gate
 * @param gate {@code passed} or {@code failed}; null without a gate
 * @param sha256 of the student as TorchScript
 * @param onnx the same weights as ONNX; null if the release has no such file
 * @param current whether it is the one that is served
 */
record ReleaseEntry(
    String task,
    long version,
    String alias,
    long step,
    long created,
    Double accuracy,
    Double gateAccuracy,
    Double bestAccuracy,
    String gate,
    String sha256,
    ModelCard.OnnxEntry onnx,
    boolean current) {}
