package io.stillstream.augmenter.image.pixel;

import io.stillstream.augmenter.image.buffer.RenderBuffer;
import io.stillstream.augmenter.recipe.RecipeStep;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.IntPointer;
import org.bytedeco.opencv.global.opencv_core;
import org.bytedeco.opencv.global.opencv_imgcodecs;
import org.bytedeco.opencv.global.opencv_imgproc;
import org.bytedeco.opencv.opencv_core.Mat;

/**
 * The step {@code jpeg_compression}: encodes with {@code quality} 1 to 100, colours at half the
 * resolution (4:2:0) as libjpeg does by default, and decodes.
 */
final class JpegOperation implements PixelOperation, AutoCloseable {
  private final IntPointer parameters = new IntPointer(opencv_imgcodecs.IMWRITE_JPEG_QUALITY, 0);

  @Override
  public void apply(RenderBuffer buffer, RecipeStep step) {
    parameters.put(1, step.intValue("quality"));
    boolean grey = buffer.image().channels() == 1;
    if (!grey) {
      // The encoder takes BGR.
      opencv_imgproc.cvtColor(buffer.image(), buffer.backBuffer(), opencv_imgproc.COLOR_RGB2BGR);
      buffer.swap();
    }
    try (BytePointer file = new BytePointer()) {
      if (!opencv_imgcodecs.imencode(".jpg", buffer.image(), file, parameters)) {
        throw new IllegalStateException("OpenCV could not encode a JPEG");
      }
      int flags = grey ? opencv_imgcodecs.IMREAD_GRAYSCALE : opencv_imgcodecs.IMREAD_COLOR_RGB;
      try (Mat bytes = new Mat(1, Math.toIntExact(file.limit()), opencv_core.CV_8UC1, file);
          Mat decoded = opencv_imgcodecs.imdecode(bytes, flags, buffer.backBuffer())) {
        if (decoded.empty()) {
          throw new IllegalStateException("OpenCV could not decode its own JPEG");
        }
      }
    }
    buffer.swap();
  }

  @Override
  public void close() {
    parameters.close();
  }
}
