package io.stillstream.labeler.result;

import io.stillstream.labeler.result.EncodedResult.TeacherAnswer;
import io.stillstream.runtime.augmentation.OperationStrength;
import io.stillstream.schemas.Lineage;
import io.stillstream.schemas.Teacher;
import java.util.List;
import java.util.Optional;

/** Answers of one teacher to originals and to augmented views without operations. */
public final class TeacherAnswerFixtures {
  private static final int VIEWS = 4;

  private TeacherAnswerFixtures() {}

  /** The answer to a view of four of an image. */
  public static TeacherAnswer answer(long image, int view, float... logits) {
    return new TeacherAnswer(
        List.of(view == 0 ? OperationStrength.ORIGINAL : OperationStrength.AUGMENTED),
        new Lineage("images", 0, image, "image-" + image, view, VIEWS, 0L, "", null, null),
        List.of(new Teacher("t", "1", "ab", 1.0, null)),
        Optional.of(logits));
  }

  /** The answer to the n-th view of a stream; every image's last view gets another class. */
  public static TeacherAnswer ofStream(int n) {
    return answer(n / VIEWS, n % VIEWS, n % VIEWS == VIEWS - 1 ? 2 : 0, 1);
  }
}
