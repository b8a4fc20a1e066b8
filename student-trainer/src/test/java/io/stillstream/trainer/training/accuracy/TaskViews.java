package io.stillstream.trainer.training.accuracy;

import io.stillstream.schemas.AugmentedView;
import io.stillstream.schemas.PixelEncoding;
import io.stillstream.schemas.answer.LabeledAnswers;
import io.stillstream.schemas.answer.OutputShape;
import io.stillstream.schemas.answer.SegmentationMask;
import io.stillstream.schemas.image.MaskCodec;
import io.stillstream.trainer.training.example.PackedAnswer;
import io.stillstream.trainer.training.example.TrainingExample;
import io.stillstream.trainer.training.example.ViewIdentity;
import io.stillstream.trainer.training.example.ViewMask;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.List;
import java.util.OptionalInt;

/** Views and answers of segmentations and embeddings. */
public final class TaskViews {
  private TaskViews() {}

  /** Logits [K, h, w] that favour a class in each cell. */
  public static float[] favouring(OutputShape output, int... classes) {
    float[] row = new float[output.size()];
    for (int cell = 0; cell < classes.length; cell++) {
      row[classes[cell] * output.cells() + cell] = 5;
    }
    return row;
  }

  /**
   * A view of a segmentation.
   *
   * @param truth class of each cell, or null
   * @param teacher class of each cell, or null
   */
  public static TrainingExample segmented(OutputShape output, int[] truth, int[] teacher) {
    return view(
        teacher == null ? null : answer(favouring(output, teacher), output),
        truth == null ? null : png(mask(output, truth)));
  }

  /** The same of a known image. */
  static TrainingExample segmented(OutputShape output, int[] truth, int[] teacher, long image) {
    return view(
        teacher == null ? null : answer(favouring(output, teacher), output),
        truth == null ? null : png(mask(output, truth)),
        ViewIdentity.of(image, 0));
  }

  /** The mask of an image, of which a view that is cropped shows other classes. */
  static ViewMask masks(OutputShape output, int[] stretched, int[] cropped) {
    return new ViewMask(png(mask(output, stretched)), png(mask(output, cropped)));
  }

  /**
   * A view of an embedding.
   *
   * @param teacher its vector, or null
   */
  public static TrainingExample embedded(float... teacher) {
    return view(
        teacher == null ? null : answer(teacher, OutputShape.embedding(teacher.length)), null);
  }

  /** A mask of the view's size: the pixels of each cell have its class. */
  private static SegmentationMask mask(OutputShape output, int... cells) {
    int stride = output.stride();
    int width = output.width() * stride;
    byte[] classes = new byte[output.height() * stride * width];
    for (int i = 0; i < classes.length; i++) {
      int cell = i / width / stride * output.width() + i % width / stride;
      classes[i] = (byte) cells[cell];
    }
    return new SegmentationMask(output.height() * stride, width, classes);
  }

  private static byte[] png(SegmentationMask mask) {
    ByteBuffer png = MaskCodec.encode(mask);
    byte[] bytes = new byte[png.remaining()];
    png.get(bytes);
    return bytes;
  }

  private static PackedAnswer answer(float[] row, OutputShape output) {
    return PackedAnswer.of(
        LabeledAnswers.labeled(
            new AugmentedView(), List.of(), row, output, OptionalInt.empty(), Instant.EPOCH),
        output);
  }

  private static TrainingExample view(PackedAnswer answer, byte[] mask) {
    return view(answer, mask, ViewIdentity.UNKNOWN);
  }

  private static TrainingExample view(PackedAnswer answer, byte[] mask, ViewIdentity identity) {
    return new TrainingExample(
        PixelEncoding.RAW, new byte[64], answer, null, mask, true, 0, identity);
  }
}
