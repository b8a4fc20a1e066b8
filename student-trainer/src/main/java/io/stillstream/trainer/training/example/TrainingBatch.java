package io.stillstream.trainer.training.example;

import io.stillstream.schemas.answer.OutputShape;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;

/**
 * Views as a student takes them. Shares its input with {@link BatchBuilder}: short-lived.
 *
 * @param input a direct buffer of exactly the input's size, in native order
 * @param shape [N, H, W, C], of scaled floats or of bytes
 * @param isFloat whether the input is scaled floats
 * @param output the shape of the student's answers
 * @param total what the loss is averaged over: views of the step with any weight, or its cells for
 *     a segmentation; a part of a batch has that of the whole batch
 */
@SuppressWarnings("ArrayRecordComponent") // made once for a batch, read by the step
public record TrainingBatch(
    ByteBuffer input,
    long[] shape,
    boolean isFloat,
    OutputShape output,
    BatchTargets targets,
    int total) {
  /** N. */
  public int size() {
    return targets.classes().length;
  }

  /** K, or the dimensions of an embedding. */
  public int classes() {
    return output.channels();
  }

  /**
   * Parts of nearly the same size, which share this batch's input.
   *
   * @param count at most so many; fewer if a part would have less than two views, which batch norm
   *     refuses
   */
  public List<TrainingBatch> parts(int count) {
    int parts = Math.max(1, Math.min(count, size() / 2));
    if (parts == 1) {
      return List.of(this);
    }
    List<TrainingBatch> result = new ArrayList<>(parts);
    for (int i = 0; i < parts; i++) {
      result.add(part((int) ((long) size() * i / parts), (int) ((long) size() * (i + 1) / parts)));
    }
    return result;
  }

  private TrainingBatch part(int from, int to) {
    int bytes = input.capacity() / size();
    long[] partShape = shape.clone();
    partShape[0] = (long) to - from;
    return new TrainingBatch(
        input.slice(from * bytes, (to - from) * bytes).order(ByteOrder.nativeOrder()),
        partShape,
        isFloat,
        output,
        targets.range(from, to),
        total);
  }
}
