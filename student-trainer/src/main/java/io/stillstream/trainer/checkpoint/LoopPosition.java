package io.stillstream.trainer.checkpoint;

import io.stillstream.trainer.checkpoint.store.LabelOffset;
import io.stillstream.trainer.checkpoint.store.TrainerState.TeacherId;
import java.util.List;
import java.util.Map;

/**
 * How far the loop is, as a checkpoint says it.
 *
 * @param offsets by partition, the first offset that has not been handled
 * @param labels the same of labels
 * @param loss of the last batch
 * @param rate learning rate of the last step
 * @param latestTeachers of the latest batch with a single set of them
 * @param teachers all so far
 * @param policyHashes of all augmentation policies so far
 */
public record LoopPosition(
    Map<Integer, Long> offsets,
    Map<Integer, LabelOffset> labels,
    double loss,
    double rate,
    List<TeacherId> latestTeachers,
    List<TeacherId> teachers,
    List<String> policyHashes) {}
