package io.stillstream.trainer.trace;

import io.stillstream.runtime.config.SettingRanges;
import io.stillstream.schemas.answer.ModelTask;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What traces of images need to know of the trainer.
 *
 * @param kafka settings of clients and registry
 * @param directory of the trainer
 * @param classes names, in the order of the logits
 * @param task of the student
 * @param usesTeacher whether a view without truth teaches something if a teacher answered
 * @param search how far to look
 */
public record ImageTraceSettings(
    Map<String, String> kafka,
    TopicNames topics,
    Path directory,
    List<String> classes,
    ModelTask task,
    boolean usesTeacher,
    Search search) {

  public ImageTraceSettings {
    kafka = Map.copyOf(kafka);
    classes = List.copyOf(classes);
  }

  /**
   * Names of topics.
   *
   * @param source the one that is learned from: labelled views, or views
   * @param labels those that come apart from their images; empty if they are not read
   */
  public record TopicNames(
      String images, String views, String source, Optional<String> labels, String deadLetters) {}

  /**
   * How far to look for the records of an image.
   *
   * @param records at most, of each partition, the newest ones
   * @param patience for a whole trace; at least one chunk of each topic is looked at
   */
  public record Search(long records, Duration patience) {
    public Search {
      SettingRanges.requireAtLeast(1, "records", records);
    }
  }
}
