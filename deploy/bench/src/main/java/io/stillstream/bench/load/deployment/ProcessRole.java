package io.stillstream.bench.load.deployment;

import java.util.Locale;
import java.util.Optional;

/** What a process of the pipeline does. */
public enum ProcessRole {
  AUGMENTER("augmenter_images_total", "augmenter-service/target/augmenter-service.jar"),
  LABELER("teacher_views_total", "teacher-labeler/target/teacher-labeler-service.jar"),
  TRAINER("student_views_total", "student-trainer/target/student-trainer-service.jar"),
  /** Broker and registry. */
  BROKER("", ""),
  /** Whoever sends and watches. */
  LOAD("", "");

  /** Views that are trained again are no progress. */
  private static final String FRESH = "origin=\"fresh\"";

  private final String counter;
  private final String jar;

  ProcessRole(String counter, String jar) {
    this.counter = counter;
    this.jar = jar;
  }

  /** The service that has these metrics. */
  static Optional<ProcessRole> of(PrometheusScrape scrape) {
    for (ProcessRole role : new ProcessRole[] {AUGMENTER, LABELER, TRAINER}) {
      if (scrape.has(role.counter)) {
        return Optional.of(role);
      }
    }
    return Optional.empty();
  }

  /** The service's jar, relative to the project. */
  String jar() {
    return jar;
  }

  /** Images that it has dealt with since its start; parts of an image count as such. */
  double images(PrometheusScrape scrape, int views) {
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
