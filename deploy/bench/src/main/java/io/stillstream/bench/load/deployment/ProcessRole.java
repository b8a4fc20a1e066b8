package io.stillstream.bench.load.deployment;

import io.stillstream.embedded.process.MetricsScrape;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** What a process of the pipeline does. */
public enum ProcessRole {
  AUGMENTER("augmenter_images_total"),
  LABELER("teacher_views_total"),
  TRAINER("student_views_total"),
  /** Broker and registry. */
  BROKER(""),
  /** The load generator, which also reads the topics. */
  LOAD("");

  /** In the order of the data. */
  public static final List<ProcessRole> SERVICES = List.of(AUGMENTER, LABELER, TRAINER);

  /** Views that are trained again are no progress. */
  private static final String FRESH = "origin=\"fresh\"";

  private final String counter;

  ProcessRole(String counter) {
    this.counter = counter;
  }

  /** The service that has these metrics. */
  static Optional<ProcessRole> of(MetricsScrape scrape) {
    return SERVICES.stream().filter(role -> scrape.has(role.counter)).findFirst();
  }

  /** Images that it has dealt with since its start; parts of an image count as such. */
  double images(MetricsScrape scrape, int views) {
    return switch (this) {
      case AUGMENTER -> scrape.sum(counter);
      case LABELER -> scrape.sum(counter) / views;
      case TRAINER -> scrape.sum(counter, FRESH) / views;
      case BROKER, LOAD -> Double.NaN;
    };
  }

  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
