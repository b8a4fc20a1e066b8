package io.stillstream.schemas;

import io.stillstream.schemas.answer.LabeledAnswers;
import io.stillstream.schemas.answer.OutputShape;
import io.stillstream.schemas.answer.SegmentationMask;
import io.stillstream.schemas.image.MaskCodec;
import io.stillstream.schemas.values.FloatArrays;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import org.apache.avro.specific.SpecificRecord;

/**
 * Examples of each record, the first of them full: together they have another value than the
 * default for every field that has one. New versions are frozen with them.
 */
public final class SampleRecords {
  private static final Instant CAPTURED = Instant.parse("2026-11-23T10:15:30.123Z");

  private SampleRecords() {}

  public static List<SpecificRecord> all() {
    return List.of(
        image(),
        view(),
        bareView(),
        labeled(0.5f, -1.25f, 3f),
        passedOver(),
        topLogits(),
        denseLogits(),
        embedding(),
        release(),
        progress(),
        event(),
        label(),
        maskLabel(),
        reviewRequest(),
        bareReviewRequest());
  }

  public static ImageEvent image() {
    return new ImageEvent(
        "img-1",
        "camera-7",
        CAPTURED,
        "application/x-raw-pixels",
        ByteBuffer.wrap(new byte[] {1, 2, 3, -1, 127, -128}),
        "s3://pictures/img-1",
        6L,
        "03".repeat(32),
        new RawShape(3, 2, 1),
        2,
        mask(3, 2),
        Map.of("place", "Zürich"));
  }

  public static AugmentedView view() {
    Operation rotate = new Operation("rotate", Map.of("degrees", -12.5));
    Mix mix =
        new Mix("cutmix", "images", 1, 41L, "img-0", 4, List.of(rotate), 0.75, new Box(1, 2, 3, 1));
    return new AugmentedView(
        new Lineage(
            "images",
            3,
            1L << 40,
            "img-1",
            2,
            4,
            -1L,
            "ab".repeat(32),
            "s3://pictures/img-1",
            "03".repeat(32)),
        new Recipe(2, List.of(rotate, new Operation("horizontal_flip", Map.of())), mix),
        PixelEncoding.RAW,
        4,
        4,
        1,
        ByteBuffer.wrap(new byte[] {0, 127, -128, -1, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15}),
        new Label(2, 1, 0.75),
        mask(4, 4),
        CAPTURED,
        CAPTURED.plusMillis(5));
  }

  /** With nothing but what must be there. */
  public static AugmentedView bareView() {
    return new AugmentedView(
        new Lineage("images", 0, 0L, "img-2", 0, 1, 1L, "cd".repeat(32), null, null),
        new Recipe(1, List.of(), null),
        PixelEncoding.PNG,
        1,
        1,
        3,
        ByteBuffer.allocate(0),
        null,
        null,
        CAPTURED,
        CAPTURED);
  }

  public static LabeledView labeled(float... logits) {
    return new LabeledView(
        view(),
        List.of(
            new Teacher("resnet16", "1", "ef".repeat(32), 0.75, null),
            new Teacher("vit", "2", "fe".repeat(32), 0.25, "onnxruntime_onnx")),
        FloatArrays.of(logits),
        null,
        null,
        null,
        CAPTURED.plusMillis(9));
  }

  /** By the label budget. */
  public static LabeledView passedOver() {
    return LabeledAnswers.passedOver(view(), CAPTURED.plusMillis(9));
  }

  /** The two largest of four. */
  private static LabeledView topLogits() {
    return answered(OutputShape.classification(4), 1.5f, -2, 3, 0.25f);
  }

  /** Three classes on 2 x 2 cells. */
  private static LabeledView denseLogits() {
    return answered(
        OutputShape.segmentation(3, 2, 2, 2), 1, 2, 3, 4, -1, -2, -3, -4, 0.5f, 0.25f, 8, 0);
  }

  private static LabeledView embedding() {
    return answered(OutputShape.embedding(3), 0.5f, -1.25f, 3);
  }

  private static LabeledView answered(OutputShape output, float... row) {
    return LabeledAnswers.labeled(
        view(),
        List.of(new Teacher("vit", "2", "fe".repeat(32), 1.0, null)),
        row,
        output,
        OptionalInt.of(2),
        CAPTURED.plusMillis(9));
  }

  /** Classes 0, 1, 2 and so on, the last one ignored. */
  private static ByteBuffer mask(int height, int width) {
    byte[] classes = new byte[height * width];
    for (int i = 0; i < classes.length - 1; i++) {
      classes[i] = (byte) (i % 3);
    }
    classes[classes.length - 1] = (byte) SegmentationMask.IGNORE;
    return MaskCodec.encode(new SegmentationMask(height, width, classes));
  }

  private static StudentRelease release() {
    return new StudentRelease(
        "cnn",
        "segmentation",
        3L,
        "file:///releases/3",
        "01".repeat(32),
        new OnnxFile("student.onnx", "02".repeat(32), 17L),
        1_000L,
        128_000L,
        List.of(new PartitionOffset("labeled-views", 0, 32_001L)),
        List.of(new TeacherVersion("resnet16", "1", "ef".repeat(32))),
        List.of("ab".repeat(32)),
        Map.of("prequential_accuracy", 0.91),
        ReleaseAlias.CHAMPION,
        CAPTURED);
  }

  private static StudentProgress progress() {
    return new StudentProgress("cnn", 1_000L, 128_000L, 500, 0.08, 0.91, CAPTURED);
  }

  private static StudentEvent event() {
    return new StudentEvent(
        "cnn",
        StudentEventKind.TOPIC_CHANGED,
        1_000L,
        128_000L,
        Map.of("reason", "topic_id"),
        CAPTURED);
  }

  private static ImageLabel label() {
    return new ImageLabel("img-1", 2, null, "ann", CAPTURED);
  }

  private static ImageLabel maskLabel() {
    return new ImageLabel("img-2", null, mask(3, 2), "label-studio", CAPTURED);
  }

  private static ReviewRequest reviewRequest() {
    return new ReviewRequest(
        "img-1",
        "cnn",
        1_000L,
        ReviewReason.DISAGREEMENT,
        0.75,
        List.of(new ClassScore(2, "Pullover", 0.5), new ClassScore(4, "Coat", 0.25)),
        List.of(new ClassScore(4, "Coat", 0.75)),
        "s3://pictures/img-1",
        mask(2, 2),
        CAPTURED,
        CAPTURED.plusMillis(11));
  }

  private static ReviewRequest bareReviewRequest() {
    return new ReviewRequest(
        "img-2",
        "cnn",
        0L,
        ReviewReason.UNKNOWN,
        0.0,
        List.of(),
        List.of(),
        null,
        null,
        CAPTURED,
        CAPTURED);
  }
}
