package io.stillstream.trainer.torch;

import io.stillstream.schemas.LabeledView;
import io.stillstream.schemas.PixelEncoding;
import io.stillstream.schemas.answer.LabeledAnswers;
import io.stillstream.schemas.answer.OutputShape;
import io.stillstream.schemas.answer.SegmentationMask;
import io.stillstream.schemas.image.MaskCodec;
import io.stillstream.schemas.values.ByteArrays;
import io.stillstream.trainer.LabeledViewFixtures;
import io.stillstream.trainer.training.example.PackedAnswer;
import io.stillstream.trainer.training.example.TrainingExample;
import io.stillstream.trainer.training.example.ViewIdentity;
import java.io.ByteArrayInputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;

/**
 * What PyTorch did with the student fcn, step by step: golden_fcn() of make_fixtures.py wrote it.
 */
final class DenseGoldenFile {
  private static final int NO_MASK = 1;
  private static final int NO_ANSWER = 2;

  private final List<Step> steps = new ArrayList<>();
  private final Map<String, float[]> weights;
  private final Map<String, float[]> averages;

  private DenseGoldenFile(DataInputStream in) throws IOException {
    int count = in.readInt();
    int batch = in.readInt();
    int classes = in.readInt();
    int height = in.readInt();
    int width = in.readInt();
    int stride = in.readInt();
    OutputShape output = OutputShape.segmentation(classes, height / stride, width / stride, stride);
    for (int i = 0; i < count; i++) {
      steps.add(new Step(in, batch, output, i == 0));
    }
    weights = GoldenFile.tensors(in);
    averages = GoldenFile.tensors(in);
  }

  static DenseGoldenFile read() throws IOException {
    return new DenseGoldenFile(
        new DataInputStream(new ByteArrayInputStream(ModelFixtures.bytes("golden-fcn.bin"))));
  }

  List<Step> steps() {
    return steps;
  }

  Map<String, float[]> weights() {
    return weights;
  }

  Map<String, float[]> averages() {
    return averages;
  }

  /** By way of a record. */
  static PackedAnswer answer(float[] row, OutputShape shape) {
    LabeledView record = LabeledViewFixtures.view(0);
    return PackedAnswer.of(
        LabeledAnswers.labeled(
            record.getView(),
            record.getTeachers(),
            row,
            shape,
            OptionalInt.empty(),
            record.getLabeledAt()),
        shape);
  }

  /** One batch, PyTorch's loss and norm and, for the first, its output and gradients. */
  static final class Step {
    final List<TrainingExample> views = new ArrayList<>();
    final float[] output;
    final double loss;
    final double norm;
    final List<float[]> gradients = new ArrayList<>();

    private Step(DataInputStream in, int batch, OutputShape shape, boolean first)
        throws IOException {
      int height = shape.height() * shape.stride();
      int width = shape.width() * shape.stride();
      int[] kinds = new int[batch];
      for (int i = 0; i < batch; i++) {
        kinds[i] = in.readInt();
      }
      byte[][] pixels = new byte[batch][];
      for (int i = 0; i < batch; i++) {
        pixels[i] = in.readNBytes(height * width);
      }
      byte[][] masks = new byte[batch][];
      for (int i = 0; i < batch; i++) {
        masks[i] = in.readNBytes(height * width);
      }
      float[] answers = GoldenFile.floats(in);
      for (int i = 0; i < batch; i++) {
        float[] row = Arrays.copyOfRange(answers, i * shape.size(), (i + 1) * shape.size());
        views.add(
            new TrainingExample(
                PixelEncoding.RAW,
                pixels[i],
                kinds[i] == NO_ANSWER ? null : answer(row, shape),
                null,
                kinds[i] == NO_MASK
                    ? null
                    : ByteArrays.copyOf(
                        MaskCodec.encode(new SegmentationMask(height, width, masks[i]))),
                false,
                0,
                ViewIdentity.UNKNOWN));
      }
      output = GoldenFile.floats(in);
      loss = in.readDouble();
      norm = in.readDouble();
      for (int left = first ? in.readInt() : 0; left > 0; left--) {
        gradients.add(GoldenFile.floats(in));
      }
    }
  }
}
