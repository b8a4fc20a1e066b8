package io.stillstream.trainer.training.example;

import io.stillstream.runtime.model.ModelSpec;
import io.stillstream.runtime.model.ModelSpec.InputType;
import io.stillstream.runtime.model.ModelSpec.Layout;
import io.stillstream.runtime.model.PixelNormalizer;
import io.stillstream.schemas.PixelEncoding;
import io.stillstream.schemas.answer.OutputShape;
import io.stillstream.schemas.answer.SegmentationMask;
import io.stillstream.schemas.image.PixelCodec;
import io.stillstream.trainer.training.decode.DecodePool;
import io.stillstream.trainer.training.decode.DecodePriority;
import io.stillstream.trainer.training.hyperparameters.LossSettings;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.List;

/**
 * Decodes and scales views into batches. A batch is good only until the next one is built, as its
 * buffer is used again. Batches that will probably be asked for are built ahead by a {@link
 * DecodePool}; they are the same, bit for bit. To be used by one thread, but for {@link #decoded}.
 */
public final class BatchBuilder {
  private static final byte GREY = (byte) 128;

  private final ModelSpec model;
  private final OutputShape output;
  private final LossSettings loss;
  private final int viewBytes;
  private final PixelNormalizer scaler;
  private final BatchPrefetcher prefetcher;

  /** Builds all batches itself. */
  public BatchBuilder(ModelSpec model, LossSettings loss) {
    this(model, loss, DecodePool.none());
  }

  /**
   * @param loss says what teacher and label weigh, and how labels are smoothed
   * @param pool builds batches ahead
   */
  public BatchBuilder(ModelSpec model, LossSettings loss, DecodePool pool) {
    this.prefetcher = new BatchPrefetcher(pool, this::built);
    this.model = model;
    this.output = loss.compared(model.output());
    this.loss = loss;
    boolean isFloat = model.inputType() == InputType.FLOAT;
    this.viewBytes = isFloat ? values() * Float.BYTES : values();
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
   * Builds a batch, or takes it if it has been built ahead.
   *
   * @throws io.stillstream.schemas.image.InvalidImageException if pixels or a mask are not what
   *     they claim to be
   */
  public TrainingBatch build(List<TrainingExample> views) {
    return prefetcher.take(views);
  }

  /**
   * Has a batch built ahead, if there are threads for it, and the same one is not being built.
   *
   * @return to be closed by the caller, who need not ask for the batch
   */
  public PrefetchedBatch prefetch(List<TrainingExample> views, DecodePriority priority) {
    return prefetcher.prefetch(views, priority);
  }

  /** Whether there are threads that build ahead. */
  public boolean isAhead() {
    return prefetcher.isAhead();
  }

  /** Builds a batch. May be called by any thread. */
  private BuiltBatch built(List<TrainingExample> views) {
    int n = views.size();
    ByteBuffer buffer = prefetcher.buffers().take(Math.multiplyExact(n, viewBytes));
    try {
      TargetBuilder targets = new TargetBuilder(output, loss, n);
      ByteBuffer input = input(buffer, n);
      for (int i = 0; i < n; i++) {
        TrainingExample view = views.get(i);
        fill(input, i, pixels(view));
        targets.add(i, view);
      }
      return new BuiltBatch(batch(input, n, targets.targets(), targets.total()), buffer);
    } catch (RuntimeException | Error e) {
      prefetcher.buffers().give(buffer);
      throw e;
    }
  }

  /** Whether a batch with this view would have anything of it in its loss. */
  public boolean hasTrainingSignal(TrainingExample view) {
    return view.hasTruth() || (view.hasAnswer() && loss.kind().usesTeacher());
  }

  /** A batch of grey images without targets. */
  public TrainingBatch grey(int n) {
    byte[] grey = new byte[values()];
    Arrays.fill(grey, GREY);
    ByteBuffer buffer = prefetcher.buffers().take(Math.multiplyExact(n, viewBytes));
    ByteBuffer input = input(buffer, n);
    for (int i = 0; i < n; i++) {
      fill(input, i, grey);
    }
    TrainingBatch batch = batch(input, n, BatchTargets.none(n, output), n);
    return prefetcher.use(new BuiltBatch(batch, buffer));
  }

  private int values() {
    return model.height() * model.width() * model.channels();
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

  /**
   * A view with its pixels decoded as the student will see them, until it has been trained on. May
   * be called by any thread.
   *
   * @param mask as it was decoded, or null
   * @param row of the answer as it was unpacked, or null
   * @throws io.stillstream.schemas.image.InvalidImageException if the pixels are not what they
   *     claim
   */
  public TrainingExample decoded(TrainingExample view, SegmentationMask mask, float[] row) {
    return view.withDecoded(new DecodedView(decodedPixels(view), mask, row));
  }

  private byte[] decodedPixels(TrainingExample view) {
    // Pixels are never changed, so raw ones need no copy.
    return view.encoding() == PixelEncoding.RAW && view.pixels().length == values()
        ? view.pixels()
        : decode(view.encoding(), view.pixels());
  }

  private byte[] pixels(TrainingExample view) {
    byte[] decoded = view.decoded().pixels();
    byte[] pixels = decoded == null ? decodedPixels(view) : decoded;
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

  private ByteBuffer input(ByteBuffer buffer, int n) {
    return buffer.slice(0, n * viewBytes).order(ByteOrder.nativeOrder());
  }

  private void fill(ByteBuffer input, int index, byte[] hwc) {
    if (scaler == null) {
      input.put(index * viewBytes, hwc);
    } else {
      scaler.fill(hwc, input.asFloatBuffer(), index);
    }
  }
}
