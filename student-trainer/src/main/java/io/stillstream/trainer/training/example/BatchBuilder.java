package io.stillstream.trainer.training.example;

import io.stillstream.runtime.model.ModelSpec;
import io.stillstream.runtime.model.ModelSpec.InputType;
import io.stillstream.runtime.model.ModelSpec.Layout;
import io.stillstream.runtime.model.PixelNormalizer;
import io.stillstream.schemas.PixelEncoding;
import io.stillstream.schemas.answer.OutputShape;
import io.stillstream.schemas.image.PixelCodec;
import io.stillstream.trainer.training.hyperparameters.LossSettings;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.List;

/**
 * Decodes and scales views into batches. There is one input buffer, so a batch is good only until
 * the next one is built. Not safe for more than one thread.
 */
public final class BatchBuilder {
  private static final byte GREY = (byte) 128;

  private final ModelSpec model;
  private final OutputShape output;
  private final LossSettings loss;
  private final int viewBytes;
  private final PixelNormalizer scaler;
  private ByteBuffer buffer = ByteBuffer.allocateDirect(0);

  /**
   * @param loss says what teacher and label weigh, and how labels are smoothed
   */
  public BatchBuilder(ModelSpec model, LossSettings loss) {
    this.model = model;
    this.output = loss.compared(model.output());
    this.loss = loss;
    int values = model.height() * model.width() * model.channels();
    boolean isFloat = model.inputType() == InputType.FLOAT;
    this.viewBytes = isFloat ? values * Float.BYTES : values;
    this.scaler = isFloat ? new PixelNormalizer(model, Layout.NHWC) : null;
  }

  /** For Hinton's distillation, with a teacher that weighs {@code alpha}. */
  public BatchBuilder(ModelSpec model, double alpha) {
    this(model, LossSettings.hinton(alpha));
  }

  /** The shape of the answers that are compared, see {@link LossSettings#compared}. */
  public OutputShape output() {
    return output;
  }

  /** How many classes the student has, or dimensions its embeddings. */
  public int classes() {
    return output.channels();
  }

  /**
   * Builds a batch.
   *
   * @throws io.stillstream.schemas.image.InvalidImageException if pixels or a mask are not what
   *     they claim to be
   */
  public TrainingBatch build(List<TrainingExample> views) {
    int n = views.size();
    TargetBuilder targets = new TargetBuilder(output, loss, n);
    ByteBuffer input = input(n);
    for (int i = 0; i < n; i++) {
      TrainingExample view = views.get(i);
      fill(input, i, pixels(view));
      targets.add(i, view);
    }
    return batch(input, n, targets.targets(), targets.total());
  }

  /** Whether a batch with this view would have anything of it in its loss. */
  public boolean hasTrainingSignal(TrainingExample view) {
    return loss.kind().usesTeacher() ? view.hasTrainingSignal() : view.hasTruth();
  }

  /** A batch of grey images without targets. */
  public TrainingBatch grey(int n) {
    byte[] grey = new byte[model.height() * model.width() * model.channels()];
    Arrays.fill(grey, GREY);
    ByteBuffer input = input(n);
    for (int i = 0; i < n; i++) {
      fill(input, i, grey);
    }
    return batch(input, n, BatchTargets.none(n, output), n);
  }

  /**
   * Decodes one picture as the student will see it.
   *
   * @throws io.stillstream.schemas.image.InvalidImageException if the pixels are not what they
   *     claim
   */
  public byte[] decode(PixelEncoding encoding, byte[] pixels) {
    return PixelCodec.decode(
        encoding, model.height(), model.width(), model.channels(), ByteBuffer.wrap(pixels));
  }

  private byte[] pixels(TrainingExample view) {
    byte[] pixels = decode(view.encoding(), view.pixels());
    return view.isMirrored() ? mirrored(pixels) : pixels;
  }

  /** A copy, as the pixels of a raw view are those that are stored. */
  private byte[] mirrored(byte[] hwc) {
    int channels = model.channels();
    int row = model.width() * channels;
    byte[] result = new byte[hwc.length];
    for (int from = 0; from < hwc.length; from += row) {
      for (int x = 0; x < row; x += channels) {
        System.arraycopy(hwc, from + x, result, from + row - channels - x, channels);
      }
    }
    return result;
  }

  private TrainingBatch batch(ByteBuffer input, int n, BatchTargets targets, int total) {
    long[] shape = {n, model.height(), model.width(), model.channels()};
    return new TrainingBatch(input, shape, scaler != null, output, targets, total);
  }

  private ByteBuffer input(int n) {
    int bytes = Math.multiplyExact(n, viewBytes);
    if (buffer.capacity() < bytes) {
      buffer = ByteBuffer.allocateDirect(bytes).order(ByteOrder.nativeOrder());
    }
    return buffer.slice(0, bytes).order(ByteOrder.nativeOrder());
  }

  private void fill(ByteBuffer input, int index, byte[] hwc) {
    if (scaler == null) {
      input.put(index * viewBytes, hwc);
    } else {
      scaler.fill(hwc, input.asFloatBuffer(), index);
    }
  }
}
