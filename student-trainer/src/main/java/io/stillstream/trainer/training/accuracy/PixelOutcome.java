package io.stillstream.trainer.training.accuracy;

import io.stillstream.schemas.answer.ConfusionMatrix;
import io.stillstream.schemas.answer.SegmentationMask;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.util.Arrays;
import java.util.stream.IntStream;

/**
 * How often which classes of truth, teacher and student came together on the cells of one original.
 * Cells whose truth is {@link SegmentationMask#IGNORE} are left out.
 */
public final class PixelOutcome implements OriginalOutcome {
  private final int classes;

  /** Increasing; (truth · (K + 1) + teacher) · K + student, where K stands for none. */
  private final int[] triples;

  private final int[] counts;

  /** Null where a mask that comes later cannot be counted. */
  private final CellAnswers answers;

  private PixelOutcome(int classes, int[] triples, int[] counts, CellAnswers answers) {
    this.classes = classes;
    this.triples = triples;
    this.counts = counts;
    this.answers = answers;
  }

  /** The same with what was said of each cell; null for nothing. */
  PixelOutcome with(CellAnswers said) {
    return new PixelOutcome(classes, triples, counts, said);
  }

  /** What was said of each cell; null if it is not kept. */
  CellAnswers answers() {
    return answers;
  }

  /**
   * Of masks of the same size.
   *
   * @param truth with classes below {@code classes}, and others that do not count; or null
   * @param teacher its answers, or null
   * @param student its answers
   * @param classes K, at most 255
   */
  static PixelOutcome of(
      SegmentationMask truth, SegmentationMask teacher, SegmentationMask student, int classes) {
    int[] sorted =
        IntStream.range(0, student.classes().length)
            .filter(i -> truth == null || truth.at(i) < classes)
            .map(
                i ->
                    ((truth == null ? classes : truth.at(i)) * (classes + 1)
                                + (teacher == null ? classes : teacher.at(i)))
                            * classes
                        + student.at(i))
            .sorted()
            .toArray();
    int[] triples = Arrays.stream(sorted).distinct().toArray();
    int[] counts = new int[triples.length];
    for (int i = 0, j = 0; i < sorted.length; i++) {
      j += triples[j] == sorted[i] ? 0 : 1;
      counts[j]++;
    }
    return new PixelOutcome(classes, triples, counts, null);
  }

  private int truth(int i) {
    return triples[i] / classes / (classes + 1);
  }

  private int teacher(int i) {
    return triples[i] / classes % (classes + 1);
  }

  private int student(int i) {
    return triples[i] % classes;
  }

  @Override
  public boolean isTaught() {
    return triples.length > 0 && teacher(0) < classes;
  }

  @Override
  public boolean isLabelled() {
    return triples.length > 0 && truth(0) < classes;
  }

  @Override
  public double disagreement() {
    int differ =
        IntStream.range(0, counts.length).map(i -> teacher(i) == student(i) ? 0 : counts[i]).sum();
    return (double) differ / Arrays.stream(counts).sum();
  }

  @Override
  public double error() {
    int wrong =
        IntStream.range(0, counts.length).map(i -> truth(i) == student(i) ? 0 : counts[i]).sum();
    return (double) wrong / Arrays.stream(counts).sum();
  }

  /**
   * Adds the cells to matrices, {@code times} times; −1 takes them away again.
   *
   * @param student of truth and student
   * @param teacher of truth and teacher
   * @param agreement of teacher and student
   */
  void addTo(
      ConfusionMatrix student, ConfusionMatrix teacher, ConfusionMatrix agreement, int times) {
    for (int i = 0; i < triples.length; i++) {
      int count = times * counts[i];
      if (isLabelled()) {
        add(student, truth(i), student(i), count);
      }
      if (isLabelled() && isTaught()) {
        add(teacher, truth(i), teacher(i), count);
      }
      if (isTaught()) {
        add(agreement, teacher(i), student(i), count);
      }
    }
  }

  private static void add(ConfusionMatrix matrix, int row, int column, int count) {
    matrix.set(row, column, matrix.count(row, column) + count);
  }

  /** Writes it in a compact form: most numbers take one or two bytes. */
  void write(DataOutputStream out) throws IOException {
    writeNumber(out, triples.length);
    for (int i = 0; i < triples.length; i++) {
      writeNumber(out, triples[i] - (i == 0 ? 0 : triples[i - 1]));
      writeNumber(out, counts[i]);
    }
  }

  /** How many bytes {@link #write} writes. */
  int writtenBytes() {
    int bytes = numberBytes(triples.length);
    for (int i = 0; i < triples.length; i++) {
      bytes += numberBytes(triples[i] - (i == 0 ? 0 : triples[i - 1])) + numberBytes(counts[i]);
    }
    return bytes;
  }

  private static int numberBytes(int number) {
    return 1 + (Integer.SIZE - 1 - Integer.numberOfLeadingZeros(number | 1)) / 7;
  }

  /** Reads what {@link #write} wrote. */
  static PixelOutcome read(DataInputStream in, int classes) throws IOException {
    int[] triples = new int[readNumber(in)];
    int[] counts = new int[triples.length];
    for (int i = 0; i < triples.length; i++) {
      triples[i] = readNumber(in) + (i == 0 ? 0 : triples[i - 1]);
      counts[i] = readNumber(in);
    }
    return new PixelOutcome(classes, triples, counts, null);
  }

  /** Seven bits a byte, the lowest first; the highest bit says that more follow. */
  private static void writeNumber(DataOutputStream out, int number) throws IOException {
    int rest = number;
    while (rest > 0x7f) {
      out.writeByte(rest | 0x80);
      rest >>>= 7;
    }
    out.writeByte(rest);
  }

  private static int readNumber(DataInputStream in) throws IOException {
    int number = 0;
    for (int shift = 0; ; shift += 7) {
      int part = in.readUnsignedByte();
      number |= (part & 0x7f) << shift;
      if (part < 0x80) {
        return number;
      }
    }
  }
}
