package io.stillstream.local.sizing;

import static io.stillstream.local.sizing.AvroSizes.BRANCH;
import static io.stillstream.local.sizing.AvroSizes.DOUBLE;
import static io.stillstream.local.sizing.AvroSizes.OFFSET;
import static io.stillstream.local.sizing.AvroSizes.RANDOM_LONG;
import static io.stillstream.local.sizing.AvroSizes.SHA256;
import static io.stillstream.local.sizing.AvroSizes.TIMESTAMP;

import io.stillstream.schemas.topics.Topics;
import java.util.List;

/**
 * What the topics of a stream take in the log of one replica, not compressed. {@code
 * deploy/docs/sizing.md} has the figures.
 */
final class StreamSizing {
  /** Head of a record batch of Kafka's message format 2. */
  static final int BATCH = 61;

  /** Batch of a marker that ends a transaction in a partition. */
  static final int MARKER = 78;

  /** A record without key, headers and value: lengths, attributes, differences. */
  static final int RECORD = 11;

  /** Header {@code traceparent}. */
  static final int TRACE = 68;

  /** Magic byte and id of the schema. */
  static final int WIRE_FORMAT = 5;

  /** Characters of an imageId, of a source, of the address of an image, and of a name. */
  static final int IMAGE_ID = 32;

  static final int SOURCE = 8;
  static final int URI = 54;
  static final int NAME = 16;

  /** Of the platform of a teacher. */
  static final int PLATFORM = 17;

  /** Of the uri of a release in an object store. */
  static final int RELEASE_URI = 80;

  /** What the headers of a dead letter take besides those of its source: the stack trace mainly. */
  static final int DEAD_LETTER = 2_750;

  /** Facts of a gate's decision: names and values. */
  static final int GATE_FACTS = 105;

  /** A measurement of a release, with its name. */
  static final int MEASUREMENT = 25;

  static final int MEASUREMENTS = 8;

  /** Of the topics of images and views. */
  static final int PARTITIONS = 6;

  static final double DEAD_SHARE = 0.01;
  static final double SECONDS_PER_DAY = 86_400;
  static final long PROGRESS_SECONDS = 5;
  static final long STEPS_PER_RELEASE = 1_000;

  /** A label and its weight: branch, class, no second class, weight. */
  private static final int LABEL = BRANCH + 1 + BRANCH + DOUBLE;

  private final SizedStream stream;

  StreamSizing(SizedStream stream) {
    this.stream = stream;
  }

  /** The topics in the order of the data flow. */
  static List<String> topics() {
    return List.of(
        Topics.IMAGES,
        Topics.VIEWS,
        Topics.LABELED_VIEWS,
        Topics.DEAD_LETTERS,
        Topics.STUDENT_EVENTS,
        Topics.STUDENT_PROGRESS,
        Topics.STUDENT_RELEASES);
  }

  double bytesPerDay(String topic) {
    return bytesPerSecond(topic) * SECONDS_PER_DAY;
  }

  double bytesPerSecond(String topic) {
    double releases = TrainerSizing.stepsPerSecond(stream) / STEPS_PER_RELEASE;
    return switch (topic) {
      case Topics.IMAGES -> stream.imagesPerSecond() * imageBytes();
      case Topics.VIEWS -> stream.imagesPerSecond() * viewsBytes();
      case Topics.LABELED_VIEWS -> stream.imagesPerSecond() * labeledViewsBytes();
      case Topics.DEAD_LETTERS -> stream.imagesPerSecond() * DEAD_SHARE * deadLetterBytes();
      case Topics.STUDENT_EVENTS -> releases * eventBytes();
      case Topics.STUDENT_PROGRESS ->
          Math.min(1.0 / PROGRESS_SECONDS, TrainerSizing.batchesPerSecond(stream))
              * progressBytes();
      case Topics.STUDENT_RELEASES -> releases * releaseBytes();
      default -> throw new IllegalArgumentException("no size is known of " + topic);
    };
  }

  /** One image, a batch of its own. */
  long imageBytes() {
    return BATCH + RECORD + IMAGE_ID + TRACE + imageValue();
  }

  /** All views of an image: one batch, and at worst a transaction. */
  long viewsBytes() {
    return BATCH + MARKER + stream.views() * viewRecord() + recipes();
  }

  /** The same with the answers. */
  long labeledViewsBytes() {
    return BATCH + MARKER + stream.views() * labeledViewRecord() + recipes();
  }

  /** An image that the augmenter rejects, and a transaction. */
  long deadLetterBytes() {
    return imageBytes() + DEAD_LETTER + MARKER;
  }

  private long imageValue() {
    SizedStream.Image image = stream.image();
    long reference =
        BRANCH
            + AvroSizes.text(URI)
            + BRANCH
            + AvroSizes.length(image.fileBytes())
            + BRANCH
            + SHA256;
    long content =
        image.byReference()
            ? AvroSizes.bytes(0) + reference
            : AvroSizes.bytes(image.fileBytes()) + 3 * BRANCH;
    long shape = BRANCH;
    long label = image.labeled() ? BRANCH + 1 : BRANCH;
    long attributes = 1;
    return WIRE_FORMAT
        + AvroSizes.text(IMAGE_ID)
        + AvroSizes.text(SOURCE)
        + TIMESTAMP
        + AvroSizes.text(image.contentType().length())
        + content
        + shape
        + label
        + mask(image.maskBytes())
        + attributes;
  }

  private static long mask(long maskBytes) {
    return maskBytes == 0 ? BRANCH : BRANCH + AvroSizes.bytes(maskBytes);
  }

  /** A view without the operations of its recipe. */
  private long viewRecord() {
    return RECORD + IMAGE_ID + TRACE + WIRE_FORMAT + view();
  }

  private long view() {
    SizedStream.View view = stream.view();
    long reference =
        stream.image().byReference() ? BRANCH + AvroSizes.text(URI) + BRANCH + SHA256 : 2 * BRANCH;
    long partition = 1;
    long indexAndCount = 2;
    long lineage =
        AvroSizes.text(Topics.IMAGES.length())
            + partition
            + OFFSET
            + AvroSizes.text(IMAGE_ID)
            + indexAndCount
            + RANDOM_LONG
            + SHA256
            + reference;
    long scaleAndEndOfOperations = 2;
    long recipe = scaleAndEndOfOperations + BRANCH;
    long encodingAndShape = 1 + 2 + 2 + 1;
    return lineage
        + recipe
        + encodingAndShape
        + AvroSizes.bytes(view.pixelBytes())
        + (stream.image().labeled() ? LABEL : BRANCH)
        + mask(view.maskBytes())
        + 2 * TIMESTAMP;
  }

  /** The original has no operations. */
  private long recipes() {
    return (stream.views() - 1) * stream.view().recipeBytes();
  }

  private long labeledViewRecord() {
    long version = AvroSizes.text(1);
    long teacher =
        AvroSizes.text(NAME) + version + SHA256 + DOUBLE + BRANCH + AvroSizes.text(PLATFORM);
    long kinds = 4L * BRANCH;
    return viewRecord() + 1 + teacher + 1 + kinds + stream.answer().recordBytes() + TIMESTAMP;
  }

  /** A gate's decision. */
  static long eventBytes() {
    return student() + 1 + 4 + 5 + 1 + GATE_FACTS + 1 + TIMESTAMP;
  }

  static long progressBytes() {
    return student() + 4 + 5 + 2 + DOUBLE + BRANCH + DOUBLE + TIMESTAMP;
  }

  static long releaseBytes() {
    long onnx = BRANCH + AvroSizes.text("student.onnx".length()) + SHA256 + 1;
    long offsets = 1 + PARTITIONS * (AvroSizes.text(Topics.LABELED_VIEWS.length()) + 1 + 5) + 1;
    long teachers = 1 + AvroSizes.text(NAME) + AvroSizes.text(1) + SHA256 + 1;
    long policies = 1 + SHA256 + 1;
    long measurements = 1 + MEASUREMENTS * MEASUREMENT + 1;
    long task = AvroSizes.text("classification".length());
    return student()
        + task
        + 2
        + AvroSizes.text(RELEASE_URI)
        + SHA256
        + onnx
        + 4
        + 5
        + offsets
        + teachers
        + policies
        + measurements
        + 1
        + TIMESTAMP;
  }

  /** A record that begins with the student's name, which is its key, too. */
  private static long student() {
    return BATCH + RECORD + NAME + WIRE_FORMAT + AvroSizes.text(NAME);
  }
}
