package io.stillstream.local.policy.tune;

import io.stillstream.augmenter.policy.OutputFormat;
import io.stillstream.labeler.model.InferenceException;
import io.stillstream.labeler.model.Pixels;
import io.stillstream.labeler.model.TeacherModel;
import io.stillstream.local.exit.CommandFailedException;
import io.stillstream.local.preview.PolicyPreview;
import io.stillstream.runtime.config.StartupException;
import io.stillstream.schemas.values.Logits;
import java.util.List;

/**
 * A teacher's logits on views of one format, encoded as in the service.
 *
 * @param teacher stays owned by the caller
 * @param output what views look like
 */
record TeacherAnswers(TeacherModel teacher, OutputFormat output) {

  /**
   * Checks the format before there is a view.
   *
   * @throws StartupException if the teacher takes no such views
   */
  void requireAccepted() {
    teacher
        .rejectionReason(
            pixels(new byte[output.size().height() * output.size().width() * output.channels()]))
        .ifPresent(
            reason -> {
              throw new StartupException("--teacher takes no views of this policy: " + reason);
            });
  }

  /**
   * The logits on views, each [K], in their order.
   *
   * @param views unsigned bytes [height, width, channels], not encoded
   * @throws CommandFailedException if the teacher fails, or a logit is not finite
   */
  List<float[]> of(List<byte[]> views) {
    if (views.isEmpty()) {
      return List.of();
    }
    List<Pixels> seen =
        views.stream().map(view -> pixels(PolicyPreview.encodeAndDecode(output, view))).toList();
    List<float[]> answers;
    try {
      answers = List.of(teacher.answers(seen));
    } catch (InferenceException e) {
      throw new CommandFailedException("the teacher has failed: " + e.getMessage(), e);
    }
    if (!answers.stream().allMatch(Logits::areFinite)) {
      throw new CommandFailedException("the teacher has answered with logits that are not finite");
    }
    return answers;
  }

  private Pixels pixels(byte[] view) {
    return new Pixels(output.size().height(), output.size().width(), output.channels(), view);
  }
}
