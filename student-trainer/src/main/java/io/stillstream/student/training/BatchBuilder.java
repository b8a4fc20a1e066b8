package io.stillstream.student.training;

import io.stillstream.runtime.ModelSpec;
import io.stillstream.runtime.ModelSpec.InputType;
import io.stillstream.runtime.PixelScaler;
import io.stillstream.schemas.PixelEncoding;
import io.stillstream.schemas.pixels.PixelCodec;
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
  private final double alpha;
  private final int viewBytes;
  private final PixelScaler scaler;
  private ByteBuffer buffer = ByteBuffer.allocateDirect(0);

  /**
   * @param alpha weight of the teacher where a view has a label too
   */
  public BatchBuilder(ModelSpec model, double alpha) {
    this.model = model;
    this.alpha = alpha;
    int values = model.height() * model.width() * model.channels();
    boolean isFloat = model.inputType() == InputType.FLOAT;
    this.viewBytes = isFloat ? values * Float.BYTES : values;
    this.scaler = isFloat ? new PixelScaler(model) : null;
  }

  /**
   * Builds a batch.
   *
   * @throws io.stillstream.schemas.pixels.PixelException if pixels are not what they claim to be
   */
  public Batch build(List<View> views) {
    int n = views.size();
    int k = model.classes().size();
    float[] logits = new float[n * k];
    float[] labels = new float[n * k];
    float[] teacherWeights = new float[n];
    float[] labelWeights = new float[n];
    ByteBuffer input = input(n);
    for (int i = 0; i < n; i++) {
      View view = views.get(i);
      fill(input, i, decode(view.encoding(), view.pixels()));
      boolean labelled = view.target().isPresent();
      if (view.logits() != null) {
        System.arraycopy(view.logits(), 0, logits, i * k, k);
        teacherWeights[i] = labelled ? (float) alpha : 1;
      }
      if (labelled) {
        Target target = view.target().get();
        labels[i * k + target.primary()] += target.weight();
        labels[i * k + target.secondary()] += 1 - target.weight();
        labelWeights[i] = view.logits() == null ? 1 : (float) (1 - alpha);
      }
    }
    return batch(input, n, logits, labels, teacherWeights, labelWeights);
  }

  /** A batch of grey pictures that teach nothing. */
  public Batch grey(int n) {
    int k = model.classes().size();
    byte[] grey = new byte[model.height() * model.width() * model.channels()];
    Arrays.fill(grey, GREY);
    ByteBuffer input = input(n);
    for (int i = 0; i < n; i++) {
      fill(input, i, grey);
    }
    return batch(input, n, new float[n * k], new float[n * k], new float[n], new float[n]);
  }

  /**
   * Decodes one picture as the student will see it.
   *
   * @throws io.stillstream.schemas.pixels.PixelException if the pixels are not what they claim
   */
  public byte[] decode(PixelEncoding encoding, byte[] pixels) {
    return PixelCodec.decode(
        encoding, model.height(), model.width(), model.channels(), ByteBuffer.wrap(pixels));
  }

  private Batch batch(
      ByteBuffer input,
      int n,
      float[] logits,
      float[] labels,
      float[] teacherWeights,
      float[] labelWeights) {
    int h = model.height();
    int w = model.width();
    int c = model.channels();
    boolean isFloat = scaler != null;
    long[] shape = isFloat ? new long[] {n, c, h, w} : new long[] {n, h, w, c};
    return new Batch(
        input,
        shape,
        isFloat,
        model.classes().size(),
        logits,
        labels,
        teacherWeights,
        labelWeights);
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
