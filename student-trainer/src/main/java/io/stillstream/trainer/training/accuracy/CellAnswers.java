package io.stillstream.trainer.training.accuracy;

import io.stillstream.schemas.answer.SegmentationMask;
import io.stillstream.schemas.image.MaskCodec;
import io.stillstream.trainer.training.example.TrainingExample;
import io.stillstream.trainer.training.example.ViewMask;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.zip.DataFormatException;
import java.util.zip.Deflater;
import java.util.zip.Inflater;

/**
 * What student and teacher said of each cell of one original, to be compared with a mask that comes
 * later.
 *
 * @param image number of the image, not 0
 * @param cropped whether the view shows the middle of its image alone
 * @param stride pixels of the view per cell
 * @param height rows of cells
 * @param width columns of cells
 * @param taught whether there is a teacher's answer
 * @param packed whether the classes are compressed
 * @param classes of the student, then of the teacher, row-major
 */
@SuppressWarnings("ArrayRecordComponent") // made once, then only read
record CellAnswers(
    long image,
    boolean cropped,
    int stride,
    int height,
    int width,
    boolean taught,
    boolean packed,
    byte[] classes) {
  private static final int TAUGHT = 1;
  private static final int CROPPED = 2;

  /** What it takes when it is written besides the classes. */
  private static final int HEAD = Long.BYTES + 1 + 4 * Integer.BYTES;

  /**
   * The answers for a view.
   *
   * @param teacher or null
   * @return null if it is not known of which image the view is
   */
  static CellAnswers of(
      TrainingExample view, SegmentationMask student, SegmentationMask teacher, int stride) {
    if (view.image() == 0 || view.partner() != 0) {
      return null;
    }
    byte[] own = student.classes();
    byte[] classes = Arrays.copyOf(own, teacher == null ? own.length : 2 * own.length);
    if (teacher != null) {
      System.arraycopy(teacher.classes(), 0, classes, own.length, own.length);
    }
    return new CellAnswers(
        view.image(),
        view.isCropped(),
        stride,
        student.height(),
        student.width(),
        teacher != null,
        false,
        classes);
  }

  /** The same, compressed. */
  CellAnswers pack() {
    if (packed) {
      return this;
    }
    Deflater deflater = new Deflater();
    try {
      deflater.setInput(classes);
      deflater.finish();
      ByteArrayOutputStream bytes = new ByteArrayOutputStream();
      byte[] part = new byte[1024];
      while (!deflater.finished()) {
        bytes.write(part, 0, deflater.deflate(part));
      }
      return with(true, bytes.toByteArray());
    } finally {
      deflater.end();
    }
  }

  private CellAnswers with(boolean isPacked, byte[] bytes) {
    return new CellAnswers(image, cropped, stride, height, width, taught, isPacked, bytes);
  }

  private CellAnswers unpack() {
    if (!packed) {
      return this;
    }
    Inflater inflater = new Inflater();
    try {
      inflater.setInput(classes);
      byte[] cells = new byte[height * width * (taught ? 2 : 1)];
      if (inflater.inflate(cells) != cells.length) {
        throw new IllegalStateException("the answers of a window are fewer than its cells");
      }
      return with(false, cells);
    } catch (DataFormatException e) {
      throw new IllegalStateException("the answers of a window are damaged", e);
    } finally {
      inflater.end();
    }
  }

  /**
   * The outcome with a mask of the image.
   *
   * @param k classes
   */
  PixelOutcome outcome(ViewMask mask, int k) {
    SegmentationMask truth =
        MaskCodec.decode(ByteBuffer.wrap(mask.file(cropped))).subsampled(stride);
    CellAnswers plain = unpack();
    int cells = height * width;
    SegmentationMask teacher =
        taught ? plain.mask(Arrays.copyOfRange(plain.classes, cells, 2 * cells)) : null;
    SegmentationMask student = plain.mask(Arrays.copyOf(plain.classes, cells));
    return PixelOutcome.of(truth, teacher, student, k).with(this);
  }

  private SegmentationMask mask(byte[] cells) {
    return new SegmentationMask(height, width, cells);
  }

  /** How many bytes {@link #write} writes. */
  int writtenBytes() {
    return HEAD + classes.length;
  }

  /** Writes what is packed. */
  void write(DataOutputStream out) throws IOException {
    out.writeLong(image);
    out.writeByte((taught ? TAUGHT : 0) | (cropped ? CROPPED : 0));
    out.writeInt(stride);
    out.writeInt(height);
    out.writeInt(width);
    out.writeInt(classes.length);
    out.write(classes);
  }

  /** Reads what {@link #write} wrote. */
  static CellAnswers read(DataInputStream in) throws IOException {
    long image = in.readLong();
    int parts = in.readUnsignedByte();
    return new CellAnswers(
        image,
        (parts & CROPPED) != 0,
        in.readInt(),
        in.readInt(),
        in.readInt(),
        (parts & TAUGHT) != 0,
        true,
        in.readNBytes(in.readInt()));
  }
}
