package io.stillstream.schemas.image;

import static org.bytedeco.opencv.global.opencv_core.CV_8UC;

import io.stillstream.schemas.image.PixelResizer.ResizeMode;
import java.nio.ByteBuffer;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.opencv.opencv_core.Mat;

/**
 * Resizes images of any size to one size and number of channels, by stretching: areas are averaged
 * where the image shrinks in both directions, and bilinear interpolation is used where it grows.
 * Grey becomes RGB by repetition, RGB becomes grey by ITU-R BT.601, alpha is dropped, 16 bits
 * become 8.
 *
 * <p>Results are unsigned bytes {@code [height, width, channels]}. Thread-safe. Native memory is
 * freed before a method returns.
 */
public final class FixedShapeResizer {
  private final int height;
  private final int width;
  private final int channels;
  private final long maxPixels;

  /**
   * @param channels 1 (grey) or 3 (RGB)
   * @param maxPixels most pixels, rows times columns, of an image that is accepted; checked before
   *     decoding
   */
  public FixedShapeResizer(int height, int width, int channels, long maxPixels) {
    this.height = height;
    this.width = width;
    this.channels = channels;
    this.maxPixels = maxPixels;
  }

  /**
   * Decodes a file of one of the {@linkplain ImageFormat formats}. Of an animation the first frame
   * counts, of an animated PNG its plain image.
   *
   * @throws InvalidImageException if it is none of them, exceeds a limit, or is damaged
   */
  public byte[] ofFile(byte[] file) {
    ImageFileHeader header = check(file);
    return OpenCvCodec.decodeResized(header, file, height, width, channels);
  }

  /**
   * Checks the header only, which is fast: it rejects most files that {@link #ofFile} rejects.
   *
   * @throws InvalidImageException if it is no image file, or exceeds a limit
   */
  public ImageFileHeader check(byte[] file) {
    ImageFileHeader header = ImageFileHeader.of(ByteBuffer.wrap(file));
    header.requireWithin(maxPixels);
    return header;
  }

  /**
   * Resizes raw pixels.
   *
   * @param hwc unsigned bytes {@code [rows, columns, samples]}
   * @param samples 1 (grey), 3 (RGB) or 4 (RGBA)
   * @throws InvalidImageException if they are too many, or the array is not of that shape
   */
  public byte[] ofPixels(byte[] hwc, int rows, int columns, int samples) {
    PixelLimits.requirePixels(hwc.length, rows, columns, samples, maxPixels);
    try (BytePointer bytes = new BytePointer(hwc);
        Mat given = new Mat(rows, columns, CV_8UC(samples), bytes)) {
      return PixelResizer.resize(given, height, width, channels, ResizeMode.STRETCH);
    }
  }
}
