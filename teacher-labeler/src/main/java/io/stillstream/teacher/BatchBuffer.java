package io.stillstream.teacher;

import io.stillstream.runtime.ModelSpec;
import io.stillstream.runtime.ModelSpec.InputType;
import io.stillstream.runtime.PixelScaler;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.util.List;
import java.util.Optional;

/**
 * The memory in which a batch is laid out for a model: one direct buffer that grows to the largest
 * batch seen and is used again and again. float32 models get {@code [N, C, H, W]}, scaled; uint8
 * models get {@code [N, H, W, C]}, as it is. Belongs to one thread.
 */
final class BatchBuffer {
  private final ModelSpec spec;
  private final Optional<PixelScaler> scaler;
  private final int viewBytes;
  private ByteBuffer memory = ByteBuffer.allocateDirect(0);

  BatchBuffer(ModelSpec spec) {
    this.spec = spec;
    this.scaler = isFloat() ? Optional.of(new PixelScaler(spec)) : Optional.empty();
    this.viewBytes = spec.height() * spec.width() * spec.channels();
  }

  /** Shape of a batch of n views. */
  long[] shape(int n) {
    return isFloat()
        ? new long[] {n, spec.channels(), spec.height(), spec.width()}
        : new long[] {n, spec.height(), spec.width(), spec.channels()};
  }

  /**
   * Lays out a batch. The result shares this buffer's memory, so it is good until the next call.
   *
   * @param views images in HWC order
   * @return a direct buffer in native order that ends where the batch ends
   */
  ByteBuffer fill(List<byte[]> views) {
    ByteBuffer batch = room(Math.multiplyExact(views.size(), viewBytes) * (isFloat() ? 4 : 1));
    FloatBuffer floats = batch.asFloatBuffer();
    for (int n = 0; n < views.size(); n++) {
      byte[] view = views.get(n);
      if (view.length != viewBytes) {
        throw new IllegalArgumentException(
            "view " + n + " has " + view.length + " bytes, the model takes " + viewBytes);
      }
      if (scaler.isPresent()) {
        scaler.get().fill(view, floats, n);
      } else {
        batch.put(n * viewBytes, view);
      }
    }
    return batch;
  }

  private boolean isFloat() {
    return spec.inputType() == InputType.FLOAT;
  }

  private ByteBuffer room(int bytes) {
    if (memory.capacity() < bytes) {
      memory = ByteBuffer.allocateDirect(bytes);
    }
    return memory.duplicate().order(ByteOrder.nativeOrder()).clear().limit(bytes);
  }
}
