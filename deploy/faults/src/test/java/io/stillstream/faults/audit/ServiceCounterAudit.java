package io.stillstream.faults.audit;

import io.stillstream.embedded.process.MetricsScrape;
import io.stillstream.faults.pipeline.PipelineUnderTest;
import java.util.ArrayList;
import java.util.List;

/** What the services' own counters have to say of a run in which only images were bad. */
public final class ServiceCounterAudit {
  private ServiceCounterAudit() {}

  /** Violations of the counters, in words. Counters begin with the process. */
  public static List<String> violations(PipelineUnderTest pipeline) {
    List<String> violations = new ArrayList<>();
    MetricsScrape labeler = pipeline.labeler().metrics();
    double views = labeler.sum("teacher_views_total");
    double settled =
        labeler.sum("teacher_labeled_total")
            + labeler.sum("teacher_passed_over_total")
            + labeler.sum("teacher_rejected_total");
    if (views != settled) {
      violations.add("teacher.views is %.0f, its parts are %.0f".formatted(views, settled));
    }
    requireNone(labeler, "teacher_rejected_total", violations);
    requireNone(pipeline.trainer().metrics(), "student_rejected_total", violations);
    return violations;
  }

  private static void requireNone(MetricsScrape scrape, String name, List<String> violations) {
    double count = scrape.sum(name);
    if (count != 0) {
      violations.add("%s is %.0f, and no view was bad".formatted(name, count));
    }
  }
}
