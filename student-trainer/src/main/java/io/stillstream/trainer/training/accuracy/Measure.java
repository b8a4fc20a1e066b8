package io.stillstream.trainer.training.accuracy;

import io.stillstream.schemas.answer.ModelTask;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** A measure of a student: its name in model cards and as a meter. */
public enum Measure {
  PREQUENTIAL_ACCURACY(
      ModelTask.CLASSIFICATION,
      "prequential_accuracy",
      "student.prequential.accuracy",
      "Of the student on the latest labelled originals"),
  TEACHER_ACCURACY(
      ModelTask.CLASSIFICATION,
      "teacher_accuracy",
      "student.prequential.teacher.accuracy",
      "Of the teacher on the same"),
  TEACHER_AGREEMENT(
      ModelTask.CLASSIFICATION,
      "teacher_agreement",
      "student.teacher.agreement",
      "Share of the latest originals they agree on"),
  TEACHER_DIVERGENCE(
      ModelTask.CLASSIFICATION,
      "teacher_divergence",
      "student.teacher.divergence",
      "KL(teacher, student) on the latest originals, nats"),
  CALIBRATION_ERROR(
      ModelTask.CLASSIFICATION,
      "calibration_error",
      "student.calibration.error",
      "Expected, on the latest labelled originals"),
  HELD_OUT_ACCURACY(
      ModelTask.CLASSIFICATION,
      "held_out_accuracy",
      "student.held.out.accuracy",
      "On examples that are never trained on"),
  HELD_OUT_LOSS(
      ModelTask.CLASSIFICATION,
      "held_out_loss",
      "student.held.out.loss",
      "Cross-entropy on the same, nats"),

  PREQUENTIAL_MEAN_IOU(
      ModelTask.SEGMENTATION,
      "prequential_mean_iou",
      "student.prequential.mean.iou",
      "Of the student with the masks of the latest originals"),
  PREQUENTIAL_PIXEL_ACCURACY(
      ModelTask.SEGMENTATION,
      "prequential_pixel_accuracy",
      "student.prequential.pixel.accuracy",
      "Share of their pixels that the student named right"),
  TEACHER_MEAN_IOU(
      ModelTask.SEGMENTATION,
      "teacher_mean_iou",
      "student.prequential.teacher.mean.iou",
      "Of the teacher with the same masks"),
  TEACHER_AGREEMENT_MEAN_IOU(
      ModelTask.SEGMENTATION,
      "teacher_agreement_mean_iou",
      "student.teacher.agreement.mean.iou",
      "Of the student with the teacher's classes of the latest originals"),
  TEACHER_AGREEMENT_PIXELS(
      ModelTask.SEGMENTATION,
      "teacher_agreement_pixels",
      "student.teacher.agreement.pixels",
      "Share of their pixels that student and teacher agree on"),
  HELD_OUT_MEAN_IOU(
      ModelTask.SEGMENTATION,
      "held_out_mean_iou",
      "student.held.out.mean.iou",
      "On examples that are never trained on"),
  HELD_OUT_PIXEL_ACCURACY(
      ModelTask.SEGMENTATION,
      "held_out_pixel_accuracy",
      "student.held.out.pixel.accuracy",
      "Share of the pixels of the same that the student named right"),

  PREQUENTIAL_COSINE(
      ModelTask.EMBEDDING,
      "prequential_cosine",
      "student.prequential.cosine",
      "Mean, of the student's and the teacher's embeddings of the latest originals"),
  HELD_OUT_COSINE(
      ModelTask.EMBEDDING,
      "held_out_cosine",
      "student.held.out.cosine",
      "Mean, on examples that are never trained on");

  private final ModelTask task;
  private final String key;
  private final String meter;
  private final String description;

  Measure(ModelTask task, String key, String meter, String description) {
    this.task = task;
    this.key = key;
    this.meter = meter;
    this.description = description;
  }

  /** All measures of a task. */
  public static List<Measure> of(ModelTask task) {
    return Arrays.stream(values()).filter(measure -> measure.task == task).toList();
  }

  /** The one by which students of a task are judged while they train. */
  public static Measure prequential(ModelTask task) {
    return switch (task) {
      case CLASSIFICATION -> PREQUENTIAL_ACCURACY;
      case SEGMENTATION -> PREQUENTIAL_MEAN_IOU;
      case EMBEDDING -> PREQUENTIAL_COSINE;
    };
  }

  /** The same on held-out examples. */
  public static Measure heldOut(ModelTask task) {
    return switch (task) {
      case CLASSIFICATION -> HELD_OUT_ACCURACY;
      case SEGMENTATION -> HELD_OUT_MEAN_IOU;
      case EMBEDDING -> HELD_OUT_COSINE;
    };
  }

  /** The teacher's, measured likewise; empty for embeddings, whose truth is the teacher. */
  public static Optional<Measure> ofTeacher(ModelTask task) {
    return switch (task) {
      case CLASSIFICATION -> Optional.of(TEACHER_ACCURACY);
      case SEGMENTATION -> Optional.of(TEACHER_MEAN_IOU);
      case EMBEDDING -> Optional.empty();
    };
  }

  /** How far student and teacher agree, measured likewise. */
  public static Measure agreement(ModelTask task) {
    return switch (task) {
      case CLASSIFICATION -> TEACHER_AGREEMENT;
      case SEGMENTATION -> TEACHER_AGREEMENT_MEAN_IOU;
      case EMBEDDING -> PREQUENTIAL_COSINE;
    };
  }

  /** Name in model cards. */
  public String key() {
    return key;
  }

  /** Name of its gauge. */
  public String meter() {
    return meter;
  }

  /** What the gauge shows. */
  public String description() {
    return description;
  }
}
