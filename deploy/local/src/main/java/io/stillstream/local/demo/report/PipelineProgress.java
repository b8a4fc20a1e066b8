package io.stillstream.local.demo.report;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.Locale;

/**
 * How far the pipeline is. Images and steps count over the life of the directory, views and labels
 * since the start of the process.
 *
 * @param imagesPerSecond trained, since the start of the process
 * @param studentAccuracy share of recent images that the student got right before it trained on
 *     them; NaN before the first ones
 * @param teacherAccuracy share of recent views that the teacher gets right
 * @param agreement share of recent images on which both agree
 */
public record PipelineProgress(
    long images,
    long views,
    long labels,
    long passedOver,
    long steps,
    double imagesPerSecond,
    double studentAccuracy,
    double teacherAccuracy,
    double agreement) {

  public static PipelineProgress of(
      long images, long steps, double imagesPerSecond, MeterRegistry meters) {
    return new PipelineProgress(
        images,
        count(meters, "augmenter.views"),
        count(meters, "teacher.labeled"),
        count(meters, "teacher.passed.over"),
        steps,
        imagesPerSecond,
        gauge(meters, "student.prequential.accuracy"),
        gauge(meters, "teacher.accuracy"),
        gauge(meters, "student.teacher.agreement"));
  }

  /**
   * One line.
   *
   * @param resumed views and labels are shown as what this process has added
   */
  public String line(boolean resumed) {
    return String.format(
        Locale.ROOT,
        "images %,d  views %s%,d  labels %s%,d%s  steps %,d  %.0f images/s  student %s  teacher %s  agreement %s",
        images,
        resumed ? "+" : "",
        views,
        resumed ? "+" : "",
        labels,
        passedOver == 0 ? "" : String.format(Locale.ROOT, " (passed over %,d)", passedOver),
        steps,
        imagesPerSecond,
        percent(studentAccuracy),
        percent(teacherAccuracy),
        percent(agreement));
  }

  static String percent(double share) {
    return Double.isNaN(share) ? "-" : String.format(Locale.ROOT, "%.1f %%", 100 * share);
  }

  private static long count(MeterRegistry meters, String name) {
    Counter counter = meters.find(name).counter();
    return counter == null ? 0 : (long) counter.count();
  }

  private static double gauge(MeterRegistry meters, String name) {
    Gauge gauge = meters.find(name).gauge();
    return gauge == null ? Double.NaN : gauge.value();
  }
}
