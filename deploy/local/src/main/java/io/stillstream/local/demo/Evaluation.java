package io.stillstream.local.demo;

import io.stillstream.local.data.ImageSet;
import io.stillstream.runtime.ModelSpec;
import io.stillstream.teacher.TorchScriptModel;
import io.stillstream.teacher.labels.Pixels;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Student and teacher on images that neither trained on.
 *
 * @param studentAccuracy share of the images that the released student gets right, 0 to 1
 * @param teacherAccuracy the same for the teacher
 * @param agreement share of the images on which both name the same class
 */
record Evaluation(double studentAccuracy, double teacherAccuracy, double agreement) {
  private static final int BATCH = 256;

  static Evaluation of(Path studentDirectory, Path teacherDirectory, ImageSet test) {
    int[] student = classes(ModelSpec.load(studentDirectory, "student"), test);
    int[] teacher = classes(ModelSpec.load(teacherDirectory, "teacher"), test);
    int[] truth = new int[test.size()];
    for (int i = 0; i < truth.length; i++) {
      truth[i] = test.label(i);
    }
    return new Evaluation(share(student, truth), share(teacher, truth), share(student, teacher));
  }

  /** Share of places that hold the same. */
  static double share(int[] one, int[] other) {
    int same = 0;
    for (int i = 0; i < one.length; i++) {
      same += one[i] == other[i] ? 1 : 0;
    }
    return (double) same / one.length;
  }

  static int argmax(float[] logits) {
    int best = 0;
    for (int k = 1; k < logits.length; k++) {
      best = logits[k] > logits[best] ? k : best;
    }
    return best;
  }

  private static int[] classes(ModelSpec spec, ImageSet test) {
    int[] classes = new int[test.size()];
    try (TorchScriptModel model = TorchScriptModel.load(spec)) {
      for (int from = 0; from < classes.length; from += BATCH) {
        List<Pixels> batch = new ArrayList<>();
        for (int i = from; i < Math.min(from + BATCH, classes.length); i++) {
          batch.add(new Pixels(spec.height(), spec.width(), spec.channels(), test.pixels(i)));
        }
        float[][] logits = model.logits(batch);
        for (int i = 0; i < logits.length; i++) {
          classes[from + i] = argmax(logits[i]);
        }
      }
    }
    return classes;
  }
}
