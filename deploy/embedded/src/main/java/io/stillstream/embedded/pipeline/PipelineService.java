package io.stillstream.embedded.pipeline;

import java.util.Locale;

/** A service of the pipeline. */
public enum PipelineService {
  AUGMENTER("augmenter-service/target/augmenter-service.jar"),
  LABELER("teacher-labeler/target/teacher-labeler-service.jar"),
  TRAINER("student-trainer/target/student-trainer-service.jar");

  private final String jar;

  PipelineService(String jar) {
    this.jar = jar;
  }

  /** Its jar, relative to the project's directory. */
  public String jar() {
    return jar;
  }

  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
