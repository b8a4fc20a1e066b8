package io.stillstream.bench.trainer;

import io.stillstream.labeler.model.TeacherModel;
import io.stillstream.local.data.LabeledImages;
import io.stillstream.schemas.LabeledView;
import io.stillstream.schemas.answer.ConfusionMatrix;
import io.stillstream.schemas.answer.CosineSimilarity;
import io.stillstream.schemas.answer.LabeledAnswers;
import io.stillstream.schemas.answer.SegmentationMask;
import io.stillstream.schemas.values.Logits;
import io.stillstream.trainer.offline.OfflineTrainer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.stream.IntStream;

/**
 * The moving average of a student on images that it never trained on: its accuracy, the mean IoU of
 * its masks over all pixels, or the mean cosine between its embeddings and the teacher's.
 */
final class TestSetEvaluation {
  private static final int BATCH = 250;

  private final TrainingScenario scenario;
  private final TeacherModel teacher;

  /**
   * @param teacher is asked about embeddings only
   */
  TestSetEvaluation(TrainingScenario scenario, TeacherModel teacher) {
    this.scenario = scenario;
    this.teacher = teacher;
  }

  /** What came of it, from 0 to 1. */
  interface TestScore {
    /** On all images. */
    double total();

    /** On those of some classes, where images have a class. */
    double of(Collection<Integer> classes);
  }

  /** Right answers and images, by class. */
  private static final class ClassAccuracies implements TestScore {
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

    @Override
    public double of(Collection<Integer> classes) {
      int hits = classes.stream().mapToInt(k -> right[k]).sum();
      return (double) hits / Math.max(1, classes.stream().mapToInt(k -> all[k]).sum());
    }

    @Override
    public double total() {
      return of(IntStream.range(0, all.length).boxed().toList());
    }
  }

  /** One number for all images. */
  private record Total(double total) implements TestScore {
    @Override
    public double of(Collection<Integer> classes) {
      return total;
    }
  }

  TestScore evaluate(OfflineTrainer student) {
    return switch (scenario.task()) {
      case CLASSIFICATION -> accuracies(student);
      case SEGMENTATION -> new Total(meanIou(student));
      case EMBEDDING -> new Total(cosine(student));
    };
  }

  private ClassAccuracies accuracies(OfflineTrainer student) {
    ClassAccuracies accuracies = new ClassAccuracies(scenario.classes());
    forEach(
        student, (number, view, row) -> accuracies.add(images().label(number), Logits.top(row)));
    return accuracies;
  }

  private double meanIou(OfflineTrainer student) {
    ConfusionMatrix pixels = new ConfusionMatrix(scenario.student().output().channels());
    forEach(
        student,
        (number, view, row) ->
            pixels.add(
                images().mask(number).orElseThrow(),
                SegmentationMask.ofPixels(row, scenario.student().output())));
    return pixels.meanIou();
  }

  private double cosine(OfflineTrainer student) {
    double[] sum = {0};
    forEach(
        student,
        (number, view, row) -> {
          List<LabeledView> labelled = LabeledViewGenerator.labelled(List.of(view), teacher);
          double cosine = CosineSimilarity.of(row, LabeledAnswers.row(labelled.get(0)));
          sum[0] += Double.isNaN(cosine) ? 0 : cosine;
        });
    return sum[0] / images().size();
  }

  private LabeledImages images() {
    return scenario.test();
  }

  /** Takes the student's answer to a test image. */
  @FunctionalInterface
  private interface Visitor {
    void visit(int number, LabeledView view, float[] row);
  }

  private void forEach(OfflineTrainer student, Visitor visitor) {
    int size = scenario.student().output().size();
    for (int from = 0; from < images().size(); from += BATCH) {
      List<LabeledView> batch = new ArrayList<>();
      for (int i = from; i < Math.min(from + BATCH, images().size()); i++) {
        batch.add(LabeledViewFactory.original(scenario, images(), i));
      }
      float[] rows = student.predict(batch);
      for (int i = 0; i < batch.size(); i++) {
        float[] row = Arrays.copyOfRange(rows, i * size, (i + 1) * size);
        visitor.visit(from + i, batch.get(i), row);
      }
    }
  }
}
