package io.stillstream.trainer.torch;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import io.stillstream.trainer.training.example.TrainingBatch;

/**
 * How scaled pixels lie in memory while a module sees them as [N, C, H, W]; PyTorch's memory
 * formats. Convolutions hand the format on to what follows them, and pooling and batch norm are
 * several times as fast with the channels last. A module that calls {@code view} on such a tensor
 * fails, since {@code view} never copies: that one needs them contiguous.
 */
enum MemoryFormat {
  /** Strides of [N, H, W, C]: what a batch has anyway. */
  CHANNELS_LAST {
    @Override
    NDArray arrange(NDArray pixels) {
      return pixels.transpose(0, 3, 1, 2);
    }
  },

  /** Strides of [N, C, H, W]. */
  CONTIGUOUS {
    @Override
    NDArray arrange(NDArray pixels) {
      try (NDArray transposed = pixels.transpose(0, 3, 1, 2);
          NDArray copied = transposed.flatten()) {
        return copied.reshape(transposed.getShape());
      }
    }
  };

  /**
   * The input of a module: scaled pixels in this format, or bytes as they are.
   *
   * @param scope owns it
   * @return float32 [N, C, H, W], or uint8 [N, H, W, C]
   */
  NDArray input(NDManager scope, TrainingBatch batch) {
    Shape shape = new Shape(batch.shape().clone());
    if (!batch.isFloat()) {
      return scope.create(batch.input(), shape, DataType.UINT8);
    }
    return arrange(scope.create(batch.input(), shape, DataType.FLOAT32));
  }

  /** [N, H, W, C] as [N, C, H, W]. */
  abstract NDArray arrange(NDArray pixels);
}
