package io.stillstream.trainer.trace;

import com.fasterxml.jackson.annotation.JsonIgnore;
import io.stillstream.schemas.ImageEvent;
import java.util.List;

/**
 * Everything that is known of one image. As JSON, names are those of the components; times are
 * milliseconds since the epoch, pictures {@code data:} URLs, and null is what is not known.
 *
 * @param task of the student: {@code classification}, {@code segmentation} or {@code embedding}
 * @param raw null if nothing says where the image stood
 * @param labels that came apart from the image, newest first
 * @param views in order of their index
 * @param releases the first that contains every view that was trained on, and the one that is
 *     served now
 * @param deadLetters newest first
 * @param notes what limits the trace
 */
public record ImageTrace(
    String imageId,
    String task,
    RawImage raw,
    List<LabelInfo> labels,
    List<ViewTrace> views,
    List<ReleaseInfo> releases,
    List<DeadLetterInfo> deadLetters,
    List<String> notes) {

  public ImageTrace {
    labels = List.copyOf(labels);
    views = List.copyOf(views);
    releases = List.copyOf(releases);
    deadLetters = List.copyOf(deadLetters);
    notes = List.copyOf(notes);
  }

  /**
   * The image as it arrived.
   *
   * @param bytes of the image; null if it is by reference and the record does not say
   * @param uri where the image is, without what may be secret; null if the record has it by value
   * @param png null for an image by reference, too: a trace reads no other store
   * @param expired whether the topic's retention has removed it
   * @param why it is not there, in a sentence
   * @param event the whole record, if it is there
   */
  public record RawImage(
      String topic,
      int partition,
      long offset,
      Long capturedAt,
      String contentType,
      Long bytes,
      String uri,
      String label,
      String png,
      boolean expired,
      String why,
      @JsonIgnore ImageEvent event) {}

  /**
   * A label that came apart from its image.
   *
   * @param label name of the class; null if it is a mask
   * @param source who or what gave it
   */
  public record LabelInfo(
      String topic, int partition, long offset, String label, String source, long labeledAt) {}

  /**
   * One view.
   *
   * @param seed in digits: a browser's numbers have 53 bits
   * @param recipe a line for each operation; {@code original} for view 0
   * @param mix null if nothing was mixed in
   * @param labeledAt null as long as it has not been labelled
   * @param logits of the teacher; null where a label budget passed the view over, and for other
   *     tasks. If the record keeps only the largest, the others share the rest evenly
   * @param top the teacher's three most probable classes; null without logits
   * @param mask the truth; null if there is none
   * @param teacherMask null if the teacher did not answer with a mask of this view
   * @param embedding of the teacher; null if it answered otherwise
   * @param step null if it has not been trained on
   * @param why it has not been, or what is to be known of it
   */
  public record ViewTrace(
      int index,
      String topic,
      int partition,
      long offset,
      String seed,
      String policyHash,
      String recipe,
      MixSource mix,
      String png,
      Long augmentedAt,
      Long labeledAt,
      String label,
      List<TeacherInfo> teachers,
      List<Float> logits,
      List<ClassScore> top,
      MaskTrace mask,
      MaskTrace teacherMask,
      EmbeddingTrace embedding,
      TrainedBatch step,
      String why) {}

  /** What was mixed into a view, and where that stood; {@code lambda} is the view's own share. */
  public record MixSource(
      String kind, double lambda, String imageId, String topic, int partition, long offset) {}

  /** A teacher behind logits. */
  public record TeacherInfo(String name, String version, String sha256, double weight) {}

  /** A class and its probability, or its share of a mask's pixels, 0 to 1. */
  public record ClassScore(String name, double p) {}

  /**
   * A mask.
   *
   * @param png the view with the mask over it
   * @param shares of the ten classes with most pixels, and of pixels to {@code ignore}
   */
  public record MaskTrace(String png, List<ClassScore> shares) {}

  /** An embedding: how many numbers, and the square root of the sum of their squares. */
  public record EmbeddingTrace(int dimensions, double norm) {}

  /**
   * The batch that a view was fresh in: the first step is on that batch, the others, and any later
   * ones, are on views drawn from the buffer.
   *
   * @param rate of the first step
   * @param loss of each step
   * @param views of the batch
   */
  public record TrainedBatch(
      long first, long last, long epoch, double rate, List<Double> loss, int views) {}

  /**
   * A release.
   *
   * @param alias what it was made as, {@code champion} or {@code challenger}
   * @param current whether it is served now
   * @param contains whether every view that was trained on is in its weights; null if none was
   */
  public record ReleaseInfo(
      long version, String alias, long step, long created, boolean current, Boolean contains) {}

  /**
   * A dead letter.
   *
   * @param topic of the record that was rejected, as are partition and offset; null if the dead
   *     letter does not say
   * @param imageId null for a dead letter by reference
   */
  public record DeadLetterInfo(
      long time,
      String service,
      String stage,
      String reason,
      String message,
      String topic,
      Integer partition,
      Long offset,
      String imageId,
      String thumbnail) {}
}
