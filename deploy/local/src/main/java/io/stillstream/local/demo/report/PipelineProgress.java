package io.stillstream.local.demo.report;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.stillstream.schemas.answer.ModelTask;
import io.stillstream.trainer.training.accuracy.Measure;
import java.util.Locale;

/**
 * How far the pipeline is. Images and steps count over the life of the directory, views and labels
 * since the start of the process.
 *
 * @param imagesPerSecond trained, since the start of the process
 * @param task decides what the scores are
 * @param student share of the latest labelled originals that the student got right before it
 *     trained on them, mean IoU of its masks, or its mean cosine; NaN before the first ones
 * @param teacher the same of the teacher, on the same images; NaN for embeddings
 * @param agreement share of the latest originals on which both agree, mean IoU between their masks,
 *     or mean cosine between their embeddings
 */
public record PipelineProgress(
    ModelTask task,
    long images,
    long views,
    long labels,
    long passedOver,
    long steps,
    double imagesPerSecond,
    double student,
    double teacher,
    double agreement) {

  public static PipelineProgress of(
      ModelTask task, long images, long steps, double imagesPerSecond, MeterRegistry meters) {
    return new PipelineProgress(
        task,
        images,
        count(meters, "augmenter.views"),
        count(meters, "teacher.labeled"),
        count(meters, "teacher.passed.over"),
        steps,
        imagesPerSecond,
        gauge(meters, Measure.prequential(task)),
        Measure.ofTeacher(task).map(measure -> gauge(meters, measure)).orElse(Double.NaN),
        gauge(meters, Measure.agreement(task)));
  }

  /**
   * One line.
   *
   * @param resumed views and labels are shown as what this process has added
   */
  public String line(boolean resumed) {
    return String.format(
        Locale.ROOT,
        "images %,d  views %s%,d  labels %s%,d%s  steps %,d  %.0f images/s  %s",
        images,
        resumed ? "+" : "",
        views,
        resumed ? "+" : "",
        labels,
        passedOver == 0 ? "" : String.format(Locale.ROOT, " (passed over %,d)", passedOver),
        steps,
        imagesPerSecond,
        scores());
  }

  private String scores() {
    return switch (task) {
      case CLASSIFICATION ->
          "student %s  teacher %s  agreement %s"
              .formatted(percent(student), percent(teacher), percent(agreement));
      case SEGMENTATION ->
          "mIoU of student %s  of teacher %s  between them %s"
              .formatted(percent(student), percent(teacher), percent(agreement));
      case EMBEDDING -> "cosine " + percent(agreement);
    };
  }

  static String percent(double share) {
    return Double.isNaN(share) ? "-" : String.format(Locale.ROOT, "%.1f %%", 100 * share);
  }

  private static long count(MeterRegistry meters, String name) {
    Counter counter = meters.find(name).counter();
    return counter == null ? 0 : (long) counter.count();
  }

  private static double gauge(MeterRegistry meters, Measure measure) {
    Gauge gauge = meters.find(measure.meter()).gauge();
    return gauge == null ? Double.NaN : gauge.value();
  }
}
