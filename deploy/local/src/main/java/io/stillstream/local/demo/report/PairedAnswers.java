package io.stillstream.local.demo.report;

import io.stillstream.labeler.engine.EngineTeacherLoader;
import io.stillstream.labeler.model.Pixels;
import io.stillstream.labeler.model.TeacherModel;
import io.stillstream.local.data.LabeledImages;
import io.stillstream.local.exit.CommandFailedException;
import io.stillstream.runtime.model.ModelSpec;
import io.stillstream.schemas.image.FixedShapeResizer;
import io.stillstream.schemas.image.InvalidImageException;
import io.stillstream.schemas.image.PixelCodec;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/**
 * What a student and a teacher answer to the same images. Images are brought to the student's size
 * as the trainer does for held-out examples and for predictions; a teacher of another size resizes
 * these as the labeler does.
 */
final class PairedAnswers implements AutoCloseable {
  private static final int BATCH = 128;

  /** As in the demo's services. */
  private static final int THREADS = 1;

  private final TeacherModel student;
  private final TeacherModel teacher;
  private final ModelSpec input;
  private final Consumer<String> tell;

  private PairedAnswers(
      TeacherModel student, TeacherModel teacher, ModelSpec input, Consumer<String> tell) {
    this.student = student;
    this.teacher = teacher;
    this.input = input;
    this.tell = tell;
  }

  /**
   * Loads both models.
   *
   * @param tell takes a line about images that could not be decoded, which are left out
   */
  static PairedAnswers open(ModelSpec student, ModelSpec teacher, Consumer<String> tell) {
    TeacherModel first = EngineTeacherLoader.loadOne(student, THREADS);
    try {
      return new PairedAnswers(first, EngineTeacherLoader.loadOne(teacher, THREADS), student, tell);
    } catch (RuntimeException e) {
      first.close();
      throw e;
    }
  }

  /** Takes both answers to an image, rows as {@code OutputShape} has them. */
  @FunctionalInterface
  interface Visitor {
    void visit(int image, float[] student, float[] teacher);
  }

  /**
   * Asks both about the first images.
   *
   * @param count how many
   * @param kind what they are called in messages
   * @throws CommandFailedException when none could be decoded
   */
  void visit(LabeledImages images, int count, String kind, Visitor visitor) {
    FixedShapeResizer fit =
        new FixedShapeResizer(
            input.height(), input.width(), input.channels(), PixelCodec.MAX_PIXELS);
    List<String> bad = new ArrayList<>();
    for (int from = 0; from < count; from += BATCH) {
      List<Pixels> batch = new ArrayList<>();
      List<Integer> indices = new ArrayList<>();
      for (int i = from; i < Math.min(from + BATCH, count); i++) {
        try {
          byte[] pixels = images.pixels(i, fit);
          batch.add(new Pixels(input.height(), input.width(), input.channels(), pixels));
          indices.add(i);
        } catch (InvalidImageException | UncheckedIOException e) {
          bad.add(images.name(i) + ": " + e.getMessage());
        }
      }
      if (!batch.isEmpty()) {
        visit(indices, student.answers(batch), teacher.answers(batch), visitor);
      }
    }
    if (bad.size() == count) {
      throw new CommandFailedException("no " + kind + " image could be decoded");
    }
    if (!bad.isEmpty()) {
      tell.accept(
          "left out  %d of %d %s images could not be decoded, the first one %s"
              .formatted(bad.size(), count, kind, bad.get(0)));
    }
  }

  private static void visit(
      List<Integer> indices, float[][] students, float[][] teachers, Visitor visitor) {
    for (int i = 0; i < students.length; i++) {
      visitor.visit(indices.get(i), students[i], teachers[i]);
    }
  }

  @Override
  public void close() {
    try {
      student.close();
    } finally {
      teacher.close();
    }
  }
}
