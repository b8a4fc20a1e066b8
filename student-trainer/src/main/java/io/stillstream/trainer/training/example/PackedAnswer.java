package io.stillstream.trainer.training.example;

import io.stillstream.schemas.LabeledView;
import io.stillstream.schemas.TopLogits;
import io.stillstream.schemas.answer.HalfPrecision;
import io.stillstream.schemas.answer.LabeledAnswers;
import io.stillstream.schemas.answer.ModelTask;
import io.stillstream.schemas.answer.OutputShape;
import io.stillstream.schemas.answer.TruncatedLogits;
import io.stillstream.schemas.values.ByteArrays;
import io.stillstream.schemas.values.FloatArrays;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;

/**
 * A teacher's answer in the encoding of its record: all logits as floats, the k largest logits, or
 * half-precision numbers. Immutable as long as the array of floats is not modified.
 */
public final class PackedAnswer {
  /** What an answer takes on the heap besides its numbers: itself and the header of an array. */
  private static final int OVERHEAD = 24 + 16;

  /** What a packed answer takes in addition: its shape. */
  private static final int SHAPE = 32;

  private final OutputShape shape;
  private final float[] logits;
  private final byte[] packed;

  private PackedAnswer(OutputShape shape, float[] logits, byte[] packed) {
    this.shape = shape;
    this.logits = logits;
    this.packed = packed;
  }

  /**
   * All logits of a classification.
   *
   * @param logits [K], not copied
   */
  public static PackedAnswer ofLogits(float[] logits) {
    return new PackedAnswer(null, logits, null);
  }

  /**
   * The answer of a record that has one.
   *
   * @param shape of the answer, as {@link LabeledAnswers#shape} found it
   */
  public static PackedAnswer of(LabeledView view, OutputShape shape) {
    if (view.getLogits() != null) {
      return ofLogits(FloatArrays.toArray(view.getLogits()));
    }
    if (view.getTopLogits() != null) {
      return new PackedAnswer(shape, null, packed(view.getTopLogits()));
    }
    ByteBuffer halves =
        view.getDenseLogits() != null
            ? view.getDenseLogits().getValues()
            : view.getEmbedding().getValues();
    return new PackedAnswer(shape, null, ByteArrays.copyOf(halves));
  }

  /** The logarithm of the rest's sum, then an index and a logit for each. */
  private static byte[] packed(TopLogits top) {
    List<Integer> indices = top.getIndices();
    float[] logits = FloatArrays.toArray(top.getLogits());
    ByteBuffer bytes =
        ByteBuffer.allocate(Float.BYTES + indices.size() * (Integer.BYTES + Float.BYTES));
    bytes.putFloat(top.getRestLogSum());
    for (int i = 0; i < logits.length; i++) {
      bytes.putInt(indices.get(i)).putFloat(logits[i]);
    }
    return bytes.array();
  }

  public OutputShape shape() {
    return shape == null ? OutputShape.classification(logits.length) : shape;
  }

  /** Of how many classes the logit itself is known: of all, or of the k largest. */
  int known() {
    return packed == null || shape.task() != ModelTask.CLASSIFICATION
        ? shape().channels()
        : (packed.length - Float.BYTES) / (Integer.BYTES + Float.BYTES);
  }

  /** Of how many classes the teacher's answer for a view has the logit itself; 0 without one. */
  public static int knownClasses(TrainingExample view) {
    return view.hasAnswer() ? view.answer().known() : 0;
  }

  /** Whether {@link #row} has to unpack it. */
  boolean isPacked() {
    return packed != null;
  }

  /** The answer as a row, see {@link OutputShape}; not to be changed, as it may be the answer's. */
  public float[] row() {
    if (logits != null) {
      return logits;
    }
    return shape.task() == ModelTask.CLASSIFICATION
        ? unpackedTop()
        : HalfPrecision.decode(ByteBuffer.wrap(packed));
  }

  /** The same for a classification; null for other tasks. */
  float[] classRow() {
    return shape().task() == ModelTask.CLASSIFICATION ? row() : null;
  }

  private float[] unpackedTop() {
    ByteBuffer bytes = ByteBuffer.wrap(packed);
    float restLogSum = bytes.getFloat();
    int count = bytes.remaining() / (Integer.BYTES + Float.BYTES);
    int[] indices = new int[count];
    float[] top = new float[count];
    for (int i = 0; i < count; i++) {
      indices[i] = bytes.getInt();
      top[i] = bytes.getFloat();
    }
    return TruncatedLogits.row(shape.channels(), indices, top, restLogSum);
  }

  /** The row for the mirrored view: the columns of a grid change places. */
  float[] mirroredRow() {
    float[] row = row();
    int width = shape().width();
    if (width == 1) {
      return row;
    }
    float[] mirrored = new float[row.length];
    for (int from = 0; from < row.length; from += width) {
      for (int x = 0; x < width; x++) {
        mirrored[from + x] = row[from + width - 1 - x];
      }
    }
    return mirrored;
  }

  /** What it takes on the heap, near enough. */
  long bytes() {
    return packed != null
        ? OVERHEAD + SHAPE + (long) packed.length
        : OVERHEAD + (long) Float.BYTES * logits.length;
  }

  /** Writes a packed answer. */
  void write(DataOutputStream out) throws IOException {
    out.writeByte(code(shape.task()));
    out.writeInt(shape.channels());
    out.writeInt(shape.height());
    out.writeInt(shape.width());
    out.writeInt(shape.stride());
    out.writeInt(packed.length);
    out.write(packed);
  }

  /** Reads what {@link #write} wrote. */
  static PackedAnswer read(DataInputStream in) throws IOException {
    ModelTask task = task(in.readUnsignedByte());
    OutputShape shape =
        new OutputShape(task, in.readInt(), in.readInt(), in.readInt(), in.readInt());
    byte[] packed = new byte[in.readInt()];
    if (in.readNBytes(packed, 0, packed.length) != packed.length) {
      throw new EOFException("an answer ends early");
    }
    return new PackedAnswer(shape, null, packed);
  }

  /** Own numbers: those of the enum may change. */
  private static int code(ModelTask task) {
    return switch (task) {
      case CLASSIFICATION -> 1;
      case SEGMENTATION -> 2;
      case EMBEDDING -> 3;
    };
  }

  private static ModelTask task(int code) throws IOException {
    return switch (code) {
      case 1 -> ModelTask.CLASSIFICATION;
      case 2 -> ModelTask.SEGMENTATION;
      case 3 -> ModelTask.EMBEDDING;
      default -> throw new IOException("unknown kind of answer " + code);
    };
  }
}
