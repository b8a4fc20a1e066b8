package io.stillstream.local.demo.report;

import io.stillstream.local.data.LabeledImages;
import io.stillstream.runtime.model.ModelSpec;
import io.stillstream.schemas.answer.ConfusionMatrix;
import io.stillstream.schemas.answer.ModelTask;
import io.stillstream.schemas.answer.SegmentationMask;
import java.util.List;
import java.util.function.Consumer;

/**
 * Masks that student and teacher draw for images that neither trained on. All pixels of the image
 * count, whatever the stride of the answers, but those that the truth ignores.
 *
 * @param studentMiou mean IoU of the released student, 0 to 1: over the classes that truth or
 *     student have in any of the images
 * @param teacherMiou the same for the teacher
 * @param agreement mean IoU of the student if the teacher's masks were the truth
 */
public record SceneEvaluation(double studentMiou, double teacherMiou, double agreement)
    implements TaskEvaluation {

  /**
   * Measures.
   *
   * @param test images with masks
   * @param tell takes a line about images that could not be decoded, which are left out
   */
  static SceneEvaluation of(
      ModelSpec student, ModelSpec teacher, LabeledImages test, Consumer<String> tell) {
    ConfusionMatrix right = new ConfusionMatrix(student.output().channels());
    ConfusionMatrix taught = new ConfusionMatrix(student.output().channels());
    ConfusionMatrix agreed = new ConfusionMatrix(student.output().channels());
    try (PairedAnswers answers = PairedAnswers.open(student, teacher, tell)) {
      answers.visit(
          test,
          test.size(),
          "test",
          (image, first, second) -> {
            SegmentationMask truth = test.mask(image).orElseThrow();
            SegmentationMask ofStudent = SegmentationMask.ofPixels(first, student.output());
            SegmentationMask ofTeacher = SegmentationMask.ofPixels(second, teacher.output());
            right.add(truth, ofStudent);
            taught.add(truth, ofTeacher);
            agreed.add(ofTeacher, ofStudent);
          });
    }
    return new SceneEvaluation(right.meanIou(), taught.meanIou(), agreed.meanIou());
  }

  @Override
  public ModelTask task() {
    return ModelTask.SEGMENTATION;
  }

  @Override
  public List<Score> scores() {
    return List.of(
        new Score("student mIoU", "student_miou", studentMiou),
        new Score("teacher mIoU", "teacher_miou", teacherMiou),
        new Score("agreement mIoU", "agreement", agreement));
  }
}
