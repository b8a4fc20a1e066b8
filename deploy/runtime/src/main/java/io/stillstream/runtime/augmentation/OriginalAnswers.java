package io.stillstream.runtime.augmentation;

import io.stillstream.schemas.Lineage;
import io.stillstream.schemas.Teacher;
import io.stillstream.schemas.values.Logits;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The teacher's answers on the newest originals, to compare its answers on their augmented views
 * with. Of classifiers only: pixels of an augmented view have moved, and so the answers of other
 * tasks cannot be compared number by number; their views are counted without a comparison. View 0
 * comes before the others of its image, and close to them; the answer is forgotten with the last of
 * them. Not safe for more than one thread.
 */
public final class OriginalAnswers {
  /** Images whose last view has not come yet: those between whose views others lie. */
  private static final int IMAGES = 1_024;

  private final Map<ImageCoordinates, Answer> answers = new LinkedHashMap<>();

  private record ImageCoordinates(String topic, int partition, long offset) {}

  @SuppressWarnings("ArrayRecordComponent") // made once, then only read
  private record Answer(List<Teacher> teachers, int top, double[] logProbabilities) {}

  /**
   * Compares a teacher's answer on an augmented view with that on the original; remembers the
   * latter.
   *
   * @param logits finite, [K]
   * @return empty for view 0, and if the answer on view 0 is not known or was another teacher's
   */
  public Optional<AnswerShift> compare(Lineage lineage, List<Teacher> teachers, float[] logits) {
    ImageCoordinates image =
        new ImageCoordinates(
            lineage.getOriginTopic(), lineage.getOriginPartition(), lineage.getOriginOffset());
    boolean isLast = lineage.getViewIndex() >= lineage.getViewCount() - 1;
    if (lineage.getViewIndex() == 0) {
      if (isLast) {
        return Optional.empty();
      }
      answers.put(
          image,
          new Answer(
              teachers, Logits.top(logits), Logits.logProbabilities(logits, 0, logits.length)));
      if (answers.size() > IMAGES) {
        answers.remove(answers.keySet().iterator().next());
      }
      return Optional.empty();
    }
    Answer original = isLast ? answers.remove(image) : answers.get(image);
    if (original == null
        || original.logProbabilities().length != logits.length
        || !original.teachers().equals(teachers)) {
      return Optional.empty();
    }
    return Optional.of(AnswerShift.between(original.top(), original.logProbabilities(), logits));
  }
}
