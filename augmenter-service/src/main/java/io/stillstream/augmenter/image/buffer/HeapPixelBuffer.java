package io.stillstream.augmenter.image.buffer;

import org.bytedeco.opencv.opencv_core.Mat;

/** A copy of an image's pixels on the heap, whose memory is used again. For one thread. */
public final class HeapPixelBuffer {
  private byte[] bytes = new byte[0];

  /** Copies the pixels of a continuous image; the array may be longer than they are. */
  public byte[] read(Mat image) {
    int length = length(image);
    if (bytes.length < length) {
      bytes = new byte[length];
    }
    image.data().get(bytes, 0, length);
    return bytes;
  }

  /** Copies them back. */
  public void write(Mat image) {
    image.data().put(bytes, 0, length(image));
  }

  /** Number of levels of an image: height × width × channels. */
  public static int length(Mat image) {
    return Math.toIntExact(image.total() * image.channels());
  }

  /** Forgets an array that is larger than the limit, bytes. */
  public void shrink(long limit) {
    if (bytes.length > limit) {
      bytes = new byte[0];
    }
  }
}
