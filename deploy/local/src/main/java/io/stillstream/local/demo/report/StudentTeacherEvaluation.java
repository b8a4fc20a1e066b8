package io.stillstream.local.demo.report;

import io.stillstream.labeler.model.Pixels;
import io.stillstream.labeler.torch.TorchScriptModel;
import io.stillstream.local.data.LabeledImages;
import io.stillstream.local.exit.CommandFailedException;
import io.stillstream.runtime.model.ModelSpec;
import io.stillstream.schemas.image.FixedShapeResizer;
import io.stillstream.schemas.image.InvalidImageException;
import io.stillstream.schemas.image.PixelCodec;
import io.stillstream.schemas.values.Logits;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/**
 * Student and teacher on images that neither trained on. Images are brought to the student's size
 * as the trainer does for held-out examples and for predictions; a teacher of another size resizes
 * these as the labeler does.
 *
 * @param studentAccuracy share of the images that the released student gets right, 0 to 1
 * @param teacherAccuracy the same for the teacher
 * @param agreement share of the images on which both name the same class
 */
public record StudentTeacherEvaluation(
    double studentAccuracy, double teacherAccuracy, double agreement) {
  private static final int BATCH = 128;

  /**
   * Measures.
   *
   * @param tell takes a line about images that could not be decoded, which are left out
   * @throws CommandFailedException when none could be
   */
  public static StudentTeacherEvaluation of(
      ModelSpec student, ModelSpec teacher, LabeledImages test, Consumer<String> tell) {
    Counts tally = new Counts();
    FixedShapeResizer fit =
        new FixedShapeResizer(
            student.height(), student.width(), student.channels(), PixelCodec.MAX_PIXELS);
    List<String> bad = new ArrayList<>();
    try (TorchScriptModel studentModel = TorchScriptModel.load(student);
        TorchScriptModel teacherModel = TorchScriptModel.load(teacher)) {
      for (int from = 0; from < test.size(); from += BATCH) {
        List<Pixels> batch = new ArrayList<>();
        List<Integer> truth = new ArrayList<>();
        for (int i = from; i < Math.min(from + BATCH, test.size()); i++) {
          try {
            byte[] pixels = test.pixels(i, fit);
            batch.add(new Pixels(student.height(), student.width(), student.channels(), pixels));
            truth.add(test.label(i));
          } catch (InvalidImageException | UncheckedIOException e) {
            bad.add(test.name(i) + ": " + e.getMessage());
          }
        }
        if (!batch.isEmpty()) {
          tally.add(truth, studentModel.logits(batch), teacherModel.logits(batch));
        }
      }
    }
    if (!bad.isEmpty()) {
      tell.accept(
          "left out  %d of %d test images could not be decoded, the first one %s"
              .formatted(bad.size(), test.size(), bad.get(0)));
    }
    return tally.evaluation();
  }

  /** Counts of what was right. */
  private static final class Counts {
    private int images;
    private int student;
    private int teacher;
    private int agreed;

    void add(List<Integer> truth, float[][] studentLogits, float[][] teacherLogits) {
      for (int i = 0; i < truth.size(); i++) {
        int said = Logits.top(studentLogits[i]);
        int taught = Logits.top(teacherLogits[i]);
        images++;
        student += said == truth.get(i) ? 1 : 0;
        teacher += taught == truth.get(i) ? 1 : 0;
        agreed += said == taught ? 1 : 0;
      }
    }

    StudentTeacherEvaluation evaluation() {
      if (images == 0) {
        throw new CommandFailedException("no test image could be decoded");
      }
      return new StudentTeacherEvaluation(share(student), share(teacher), share(agreed));
    }

    private double share(int count) {
      return (double) count / images;
    }
  }
}
