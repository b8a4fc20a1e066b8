package io.stillstream.page.progress;

import io.stillstream.page.trainer.TrainingStatus;
import java.util.ArrayList;
import java.util.List;

/**
 * One point of the curves.
 *
 * @param time milliseconds since the epoch
 * @param values loss, accuracies of student and teacher, agreement and learning rate; NaN is a gap
 */
public record CurvePoint(long time, long step, List<Double> values) {
  public static CurvePoint of(long time, TrainingStatus training) {
    return new CurvePoint(
        time,
        training.steps(),
        List.of(
            training.loss(),
            training.studentAccuracy(),
            training.teacherAccuracy(),
            training.agreement(),
            training.learningRate()));
  }

  /** Time and step of the last, and the mean of what is known. */
  static CurvePoint mean(List<CurvePoint> points) {
    CurvePoint last = points.get(points.size() - 1);
    List<Double> means = new ArrayList<>();
    for (int i = 0; i < last.values.size(); i++) {
      int value = i;
      means.add(
          points.stream()
              .mapToDouble(point -> point.values.get(value))
              .filter(Double::isFinite)
              .average()
              .orElse(Double.NaN));
    }
    return new CurvePoint(last.time, last.step, means);
  }

  /** As the page takes it: [time, step, value…]. */
  public List<Object> json() {
    List<Object> json = new ArrayList<>();
    json.add(time);
    json.add(step);
    values.forEach(value -> json.add(JsonText.number(value)));
    return json;
  }
}
