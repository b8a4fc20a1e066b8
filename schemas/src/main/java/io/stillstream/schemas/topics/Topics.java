package io.stillstream.schemas.topics;

import io.stillstream.schemas.AugmentedView;
import io.stillstream.schemas.ImageEvent;
import io.stillstream.schemas.ImageLabel;
import io.stillstream.schemas.LabeledView;
import io.stillstream.schemas.ReviewRequest;
import io.stillstream.schemas.StudentEvent;
import io.stillstream.schemas.StudentProgress;
import io.stillstream.schemas.StudentRelease;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.apache.avro.Schema;

/** The topics by their default names, and their settings. Keys are UTF-8 strings everywhere. */
public final class Topics {
  /** {@link ImageEvent}, keyed by imageId. */
  public static final String IMAGES = "images";

  /** {@link AugmentedView}, keyed by imageId. */
  public static final String VIEWS = "views";

  /** {@link LabeledView}, keyed by imageId. */
  public static final String LABELED_VIEWS = "labeled-views";

  /** {@link ImageLabel}, keyed by imageId: truth that comes after the image. */
  public static final String LABELS = "labels";

  /** {@link ReviewRequest}, keyed by imageId. */
  public static final String REVIEW_REQUESTS = "review-requests";

  /** {@link StudentRelease}, keyed by student, compacted. */
  public static final String STUDENT_RELEASES = "student-releases";

  /** {@link StudentProgress}, keyed by student. */
  public static final String STUDENT_PROGRESS = "student-progress";

  /** {@link StudentEvent}, keyed by student. */
  public static final String STUDENT_EVENTS = "student-events";

  /** The raw bytes of records that could not be processed, with their own keys. */
  public static final String DEAD_LETTERS = "dead-letters";

  /**
   * Which dead letters have been replayed: text, keyed by the dead letter's identity, compacted.
   */
  public static final String DEAD_LETTER_REPLAYS = "dead-letter-replays";

  /**
   * Images to be erased: the time of the request as text, keyed by the SHA-256 of the imageId in
   * hexadecimal digits, compacted.
   */
  public static final String FORGOTTEN = "forgotten";

  /** Largest record batch of every topic, bytes; producers and consumers have the same limit. */
  public static final int MAX_MESSAGE_BYTES = 8 * 1024 * 1024;

  private static final int DATA_PARTITIONS = 6;

  private Topics() {}

  /** All topics, in the order of the data flow. */
  public static List<TopicSpec> catalogue() {
    return List.of(
        data(IMAGES, ImageEvent.getClassSchema(), Duration.ofDays(7)),
        data(VIEWS, AugmentedView.getClassSchema(), Duration.ofDays(2)),
        data(LABELED_VIEWS, LabeledView.getClassSchema(), Duration.ofDays(7)),
        small(LABELS, Optional.of(ImageLabel.getClassSchema()), Duration.ofDays(90)),
        small(REVIEW_REQUESTS, Optional.of(ReviewRequest.getClassSchema()), Duration.ofDays(7)),
        compacted(STUDENT_RELEASES, Optional.of(StudentRelease.getClassSchema())),
        small(STUDENT_PROGRESS, Optional.of(StudentProgress.getClassSchema()), Duration.ofDays(7)),
        small(STUDENT_EVENTS, Optional.of(StudentEvent.getClassSchema()), Duration.ofDays(90)),
        small(DEAD_LETTERS, Optional.empty(), Duration.ofDays(30)),
        compacted(DEAD_LETTER_REPLAYS, Optional.empty()),
        compacted(FORGOTTEN, Optional.empty()));
  }

  private static TopicSpec data(String name, Schema schema, Duration retention) {
    return new TopicSpec(
        name,
        Optional.of(schema),
        DATA_PARTITIONS,
        TopicSpec.Cleanup.DELETE,
        retention,
        MAX_MESSAGE_BYTES);
  }

  private static TopicSpec small(String name, Optional<Schema> schema, Duration retention) {
    return new TopicSpec(name, schema, 1, TopicSpec.Cleanup.DELETE, retention, MAX_MESSAGE_BYTES);
  }

  private static TopicSpec compacted(String name, Optional<Schema> schema) {
    return new TopicSpec(
        name, schema, 1, TopicSpec.Cleanup.COMPACT, Duration.ofDays(7), MAX_MESSAGE_BYTES);
  }
}
