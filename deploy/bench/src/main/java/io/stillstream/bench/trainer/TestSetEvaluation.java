package io.stillstream.bench.trainer;

import io.stillstream.local.data.IdxLabeledImages;
import io.stillstream.schemas.LabeledView;
import io.stillstream.schemas.values.Logits;
import io.stillstream.trainer.offline.OfflineTrainer;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.stream.IntStream;

/** The moving average of a student on images that it never trained on. */
final class TestSetEvaluation {
  private static final int BATCH = 250;

  private final IdxLabeledImages test;
  private final int classes;

  /**
   * @param classes K, width of the student's answer
   */
  TestSetEvaluation(IdxLabeledImages test, int classes) {
    this.test = test;
    this.classes = classes;
  }

  /** Right answers and images, by class. */
  static final class ClassAccuracies {
    private final int[] right;
    private final int[] all;

    ClassAccuracies(int classes) {
      right = new int[classes];
      all = new int[classes];
    }

    void add(int truth, int answer) {
      all[truth]++;
      right[truth] += answer == truth ? 1 : 0;
    }

    /** Share of right answers among the images of these classes. */
    double accuracy(Collection<Integer> classes) {
      int hits = classes.stream().mapToInt(k -> right[k]).sum();
      return (double) hits / Math.max(1, classes.stream().mapToInt(k -> all[k]).sum());
    }

    /** The same among all images. */
    double accuracy() {
      return accuracy(IntStream.range(0, all.length).boxed().toList());
    }
  }

  ClassAccuracies evaluate(OfflineTrainer student) {
    ClassAccuracies accuracies = new ClassAccuracies(classes);
    for (int from = 0; from < test.size(); from += BATCH) {
      List<LabeledView> batch = new ArrayList<>();
      for (int i = from; i < Math.min(from + BATCH, test.size()); i++) {
        batch.add(
            LabeledViewFactory.original(
                i, test.height(), test.width(), test.pixels(i), test.label(i)));
      }
      float[] logits = student.predict(batch);
      for (int i = 0; i < batch.size(); i++) {
        accuracies.add(test.label(from + i), Logits.top(logits, i * classes, classes));
      }
    }
    return accuracies;
  }
}
