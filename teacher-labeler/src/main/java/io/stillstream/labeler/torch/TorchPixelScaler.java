package io.stillstream.labeler.torch;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import io.stillstream.runtime.model.ModelSpec;

/**
 * Scales batches where the module computes: bytes [N, H, W, C] become (x/255 − mean)/std, in [N, C,
 * H, W] unless the module takes channels last. Only a quarter of the bytes is copied to the device,
 * and the CPU does not scale. The constants live as long as their manager. Safe for several
 * threads.
 */
final class TorchPixelScaler {
  private final NDArray full;
  private final NDArray mean;
  private final NDArray std;
  private final boolean channelsLast;

  TorchPixelScaler(ModelSpec spec, NDManager manager) {
    channelsLast = spec.layout() == ModelSpec.Layout.NHWC;
    Shape perChannel =
        channelsLast ? new Shape(1, 1, 1, spec.channels()) : new Shape(1, spec.channels(), 1, 1);
    full = manager.create(new float[] {255f}, new Shape(1, 1, 1, 1));
    mean = manager.create(spec.mean(), perChannel);
    std = manager.create(spec.std(), perChannel);
  }

  /** The result belongs to the manager of the bytes. */
  NDArray scale(NDArray bytes) {
    return (channelsLast ? bytes : planes(bytes))
        .toType(DataType.FLOAT32, false)
        .div(full)
        .sub(mean)
        .div(std);
  }

  private static NDArray planes(NDArray bytes) {
    NDArray planes = bytes.transpose(0, 3, 1, 2);
    // A transposed tensor is a view of the old memory, and some modules need it to be contiguous.
    return planes.flatten().reshape(planes.getShape());
  }
}
