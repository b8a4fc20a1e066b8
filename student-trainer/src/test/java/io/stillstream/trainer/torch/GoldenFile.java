package io.stillstream.trainer.torch;

import io.stillstream.schemas.PixelEncoding;
import io.stillstream.trainer.training.example.LabelTarget;
import io.stillstream.trainer.training.example.TrainingExample;
import io.stillstream.trainer.training.hyperparameters.Hyperparameters;
import io.stillstream.trainer.training.hyperparameters.LossSettings;
import io.stillstream.trainer.training.hyperparameters.LossSettings.DistSettings;
import io.stillstream.trainer.training.hyperparameters.LossSettings.DkdSettings;
import io.stillstream.trainer.training.hyperparameters.LossSettings.Kind;
import io.stillstream.trainer.training.hyperparameters.OptimiserSettings;
import io.stillstream.trainer.training.hyperparameters.OptimiserSettings.MuonSettings;
import io.stillstream.trainer.training.hyperparameters.OptimiserSettings.ScheduleKind;
import io.stillstream.trainer.training.hyperparameters.OptimiserSettings.ScheduleSettings;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What PyTorch did, step by step, as make_fixtures.py wrote it: big-endian; arrays of floats with
 * their length before them.
 */
final class GoldenFile {
  private static final LossSettings LOSS =
      new LossSettings(Kind.KD, 4, 0.9, 0, new DkdSettings(1, 8), new DistSettings(2, 2));

  /** As in make_fixtures.py; the clip is low enough to be at work. */
  static final Hyperparameters RECIPE =
      recipe(optimiser(OptimiserSettings.Kind.ADAMW, 4e-3, 1e-4, 0.5));

  static Hyperparameters recipe(OptimiserSettings optimiser) {
    return new Hyperparameters(LOSS, optimiser, 0.999, 1, 1);
  }

  /** With a constant rate. */
  static OptimiserSettings optimiser(
      OptimiserSettings.Kind kind, double rate, double decay, double clip) {
    return new OptimiserSettings(
        kind,
        rate,
        decay,
        clip,
        0.9,
        true,
        new ScheduleSettings(ScheduleKind.CONSTANT, 0, 1, 1, 0),
        new MuonSettings(0.02));
  }

  private final List<Step> steps = new ArrayList<>();
  private final Map<String, float[]> weights;
  private final Map<String, float[]> averages;

  private GoldenFile(DataInputStream in) throws IOException {
    int count = in.readInt();
    int batch = in.readInt();
    int classes = in.readInt();
    int side = in.readInt() * in.readInt();
    for (int i = 0; i < count; i++) {
      steps.add(new Step(in, batch, classes, side, i == 0));
    }
    weights = tensors(in);
    averages = tensors(in);
  }

  static GoldenFile read(String name) throws IOException {
    try (InputStream in =
        GoldenFile.class.getResourceAsStream("/students/golden-" + name + ".bin")) {
      return new GoldenFile(new DataInputStream(in));
    }
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

  static Map<String, float[]> tensors(DataInputStream in) throws IOException {
    Map<String, float[]> tensors = new LinkedHashMap<>();
    int count = in.readInt();
    for (int i = 0; i < count; i++) {
      tensors.put(in.readUTF(), floats(in));
    }
    return tensors;
  }

  static float[] floats(DataInputStream in) throws IOException {
    float[] values = new float[in.readInt()];
    for (int i = 0; i < values.length; i++) {
      values[i] = in.readFloat();
    }
    return values;
  }

  /** One batch, and PyTorch's loss, norm and — for the first — logits and gradients. */
  static final class Step {
    final List<TrainingExample> views = new ArrayList<>();
    final float[] outputs;
    final double loss;
    final double norm;
    final List<float[]> gradients = new ArrayList<>();

    private Step(DataInputStream in, int batch, int classes, int side, boolean first)
        throws IOException {
      int[] kinds = new int[batch];
      LabelTarget[] targets = new LabelTarget[batch];
      for (int i = 0; i < batch; i++) {
        kinds[i] = in.readInt();
        targets[i] = new LabelTarget(in.readInt(), in.readInt(), in.readFloat());
      }
      byte[][] pixels = new byte[batch][];
      for (int i = 0; i < batch; i++) {
        pixels[i] = in.readNBytes(side);
      }
      float[] logits = floats(in);
      for (int i = 0; i < batch; i++) {
        float[] own = new float[classes];
        System.arraycopy(logits, i * classes, own, 0, classes);
        views.add(
            new TrainingExample(
                PixelEncoding.RAW,
                pixels[i],
                kinds[i] == 2 ? null : own,
                kinds[i] == 1 ? null : targets[i],
                false));
      }
      outputs = floats(in);
      loss = in.readDouble();
      norm = in.readDouble();
      if (first) {
        int count = in.readInt();
        for (int i = 0; i < count; i++) {
          gradients.add(floats(in));
        }
      }
    }
  }
}
