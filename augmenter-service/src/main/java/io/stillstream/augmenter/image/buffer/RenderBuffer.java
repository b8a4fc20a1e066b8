package io.stillstream.augmenter.image.buffer;

import io.stillstream.augmenter.geometry.ImageSize;
import org.bytedeco.opencv.global.opencv_core;
import org.bytedeco.opencv.opencv_core.Mat;

/**
 * The pixels of a view while it is rendered: a native buffer that holds them, and a back buffer
 * that the next step may write to. Both are reused for the next view. A small image may be a Java
 * array; it is copied into native memory when it is first needed there. For one thread.
 */
public final class RenderBuffer implements AutoCloseable {
  private Mat image = new Mat();
  private Mat backBuffer = new Mat();

  /** The image where it is not in native memory; else null. */
  private byte[] heapPixels;

  private ImageSize smallSize;
  private int smallChannels;

  /** The image as it is now, 8 bits per channel; steps may change it in place. */
  public Mat image() {
    if (heapPixels != null) {
      image.create(smallSize.height(), smallSize.width(), opencv_core.CV_8UC(smallChannels));
      image.data().put(heapPixels);
      heapPixels = null;
    }
    return image;
  }

  /** A buffer to write the next image to, of any size and content; see {@link #swap()}. */
  public Mat backBuffer() {
    return backBuffer;
  }

  /** Exchanges the image and the back buffer. */
  public void swap() {
    Mat before = image;
    image = backBuffer;
    backBuffer = before;
    heapPixels = null;
  }

  /**
   * Makes an array the image.
   *
   * @param pixels shape [height, width, channels]; not copied; the caller must not change it
   */
  public void set(byte[] pixels, ImageSize size, int channels) {
    heapPixels = pixels;
    smallSize = size;
    smallChannels = channels;
  }

  /** Size of the image. */
  public ImageSize size() {
    return heapPixels == null ? new ImageSize(image.rows(), image.cols()) : smallSize;
  }

  /** The pixels, shape [height, width, channels], which no later step changes. */
  public byte[] bytes() {
    return heapPixels == null ? NativeBuffer.copy(image) : heapPixels;
  }

  /** Frees buffers that are larger than the limit, bytes. */
  public void shrink(long limit) {
    NativeBuffer.shrink(image, limit);
    NativeBuffer.shrink(backBuffer, limit);
  }

  @Override
  public void close() {
    image.close();
    backBuffer.close();
  }
}
