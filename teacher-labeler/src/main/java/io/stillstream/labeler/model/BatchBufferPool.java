package io.stillstream.labeler.model;

import io.stillstream.runtime.model.ModelSpec;
import io.stillstream.runtime.model.ModelSpec.InputType;
import io.stillstream.runtime.model.ModelSpec.Layout;
import io.stillstream.runtime.model.PixelNormalizer;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;

/**
 * Direct buffers in which batches are prepared for a model, used again and again. float32 models
 * get scaled pixels; uint8 models, and those for which the device scales, get bytes. The order of
 * dimensions is the model's, or {@code [N, H, W, C]} if the device scales. Safe for several
 * threads.
 */
public final class BatchBufferPool {
  /** One being inferred, one being prepared, and some that wait. */
  private static final int KEPT = 4;

  private final ModelSpec spec;
  private final ViewResizer resizer;
  private final Layout layout;
  private final Optional<PixelNormalizer> normalizer;
  private final int viewBytes;
  private final BlockingQueue<ByteBuffer> free = new ArrayBlockingQueue<>(KEPT);

  /**
   * @param scalesOnDevice whether a float model gets bytes, because the device scales them
   */
  public BatchBufferPool(ModelSpec spec, ViewResizer resizer, boolean scalesOnDevice) {
    this.spec = spec;
    this.resizer = resizer;
    boolean isFloat = spec.inputType() == InputType.FLOAT;
    this.layout = isFloat && scalesOnDevice ? Layout.NHWC : spec.layout();
    this.normalizer =
        isFloat && !scalesOnDevice ? Optional.of(new PixelNormalizer(spec)) : Optional.empty();
    this.viewBytes = spec.height() * spec.width() * spec.channels();
  }

  /** Shape of a prepared batch of n views. */
  long[] shape(int n) {
    return layout == Layout.NCHW
        ? new long[] {n, spec.channels(), spec.height(), spec.width()}
        : new long[] {n, spec.height(), spec.width(), spec.channels()};
  }

  /** Prepares a batch; its buffer is used again once the batch is closed. */
  public HostBatch fill(List<Pixels> views) {
    int size = Math.multiplyExact(views.size(), viewBytes) * (normalizer.isPresent() ? 4 : 1);
    ByteBuffer memory = free.poll();
    if (memory == null || memory.capacity() < size) {
      memory = ByteBuffer.allocateDirect(size);
    }
    ByteBuffer batch = memory.duplicate().order(ByteOrder.nativeOrder()).clear().limit(size);
    FloatBuffer floats = batch.asFloatBuffer();
    for (int n = 0; n < views.size(); n++) {
      byte[] view = resizer.resize(views.get(n));
      if (normalizer.isPresent()) {
        normalizer.get().fill(view, floats, n);
      } else {
        put(view, batch, n * viewBytes);
      }
    }
    return new HostBatch(batch, shape(views.size()), memory);
  }

  private void put(byte[] hwc, ByteBuffer batch, int at) {
    int channels = spec.channels();
    if (layout == Layout.NHWC || channels == 1) {
      batch.put(at, hwc);
      return;
    }
    int out = at;
    for (int c = 0; c < channels; c++) {
      for (int in = c; in < hwc.length; in += channels) {
        batch.put(out++, hwc[in]);
      }
    }
  }

  /** A batch, in a direct buffer in native order that ends where the batch ends. */
  public final class HostBatch implements DeviceBatch {
    private final ByteBuffer bytes;
    private final long[] shape;
    private ByteBuffer memory;

    private HostBatch(ByteBuffer bytes, long[] shape, ByteBuffer memory) {
      this.bytes = bytes;
      this.shape = shape;
      this.memory = memory;
    }

    public ByteBuffer bytes() {
      return bytes;
    }

    public long[] shape() {
      return shape.clone();
    }

    @Override
    public int size() {
      return (int) shape[0];
    }

    /** A second time does nothing: two batches must never share a buffer. */
    @Override
    public void close() {
      if (memory != null) {
        // If the pool is full, the buffer is left to the garbage collector.
        boolean unused = free.offer(memory);
        memory = null;
      }
    }
  }
}
