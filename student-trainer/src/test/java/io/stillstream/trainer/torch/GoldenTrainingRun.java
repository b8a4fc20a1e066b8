package io.stillstream.trainer.torch;

import io.stillstream.schemas.PixelEncoding;
import io.stillstream.trainer.training.example.LabelTarget;
import io.stillstream.trainer.training.example.TrainingExample;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * 200 steps as PyTorch took them: per step its loss, norm and rate, after steps 50, 100 and 200 the
 * state of the model. The batches are not on file: {@link #views} draws the same as
 * make_fixtures.py.
 */
final class GoldenTrainingRun {
  static final int STEPS = 200;
  private static final int BATCH = 16;
  private static final int CLASSES = 5;
  private static final int SIDE = 8;

  private final List<double[]> steps = new ArrayList<>();
  private final Map<Integer, Map<String, float[]>> states = new LinkedHashMap<>();

  private GoldenTrainingRun(DataInputStream in) throws IOException {
    for (int step = 1; step <= STEPS; step++) {
      steps.add(new double[] {in.readDouble(), in.readDouble(), in.readDouble()});
      if (step == 50 || step == 100 || step == 200) {
        states.put(step, GoldenFile.tensors(in));
      }
    }
  }

  static GoldenTrainingRun read(String name) throws IOException {
    try (InputStream in =
        GoldenTrainingRun.class.getResourceAsStream("/students/run-" + name + ".bin")) {
      return new GoldenTrainingRun(new DataInputStream(in));
    }
  }

  double loss(int step) {
    return steps.get(step - 1)[0];
  }

  double norm(int step) {
    return steps.get(step - 1)[1];
  }

  double rate(int step) {
    return steps.get(step - 1)[2];
  }

  /** By the step behind which it was. */
  Map<Integer, Map<String, float[]>> states() {
    return states;
  }

  /**
   * One in four views each with logits and label, without label, without logits, with a mixture.
   */
  static List<TrainingExample> views(int step) {
    Draws draws = new Draws(step);
    List<TrainingExample> views = new ArrayList<>();
    for (int i = 0; i < BATCH; i++) {
      int label = draws.below(CLASSES);
      int other = draws.below(CLASSES);
      float share = i % 4 == 3 ? (float) (0.25 + 0.5 * draws.share()) : 1;
      byte[] pixels = new byte[SIDE * SIDE];
      for (int p = 0; p < pixels.length; p++) {
        pixels[p] = (byte) (draws.below(100) + (p / SIDE == label ? 150 : 0));
      }
      float[] logits = new float[CLASSES];
      for (int k = 0; k < CLASSES; k++) {
        logits[k] = (float) (draws.share() * 2 - 1 + (k == label ? 4 : 0));
      }
      views.add(
          new TrainingExample(
              PixelEncoding.RAW,
              pixels,
              i % 4 == 2 ? null : logits,
              i % 4 == 1 ? null : new LabelTarget(label, other, share),
              false));
    }
    return views;
  }

  /** SplitMix64. */
  private static final class Draws {
    private long state;

    private Draws(long seed) {
      state = seed;
    }

    private long bits() {
      state += 0x9E3779B97F4A7C15L;
      long z = state;
      z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
      z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
      return z ^ (z >>> 31);
    }

    private int below(int bound) {
      return (int) ((bits() >>> 33) % bound);
    }

    private double share() {
      return (bits() >>> 40) / (double) (1 << 24);
    }
  }
}
