package io.stillstream.augmenter.image.decode;

import java.nio.ByteBuffer;

/**
 * An image before decoding: a file or raw pixels. Buffers are read from position to limit, and
 * neither changes.
 */
public sealed interface ImageSource {

  /**
   * A file; its first bytes identify the format.
   *
   * @param bytes the whole file
   */
  record FileSource(ByteBuffer bytes) implements ImageSource {}

  /**
   * Raw pixels.
   *
   * @param bytes unsigned bytes, row-major, channels interleaved, shape [height, width, channels]
   * @param height rows
   * @param width columns
   * @param channels 1 (grey), 3 (RGB) or 4 (RGBA)
   */
  record RawPixels(ByteBuffer bytes, int height, int width, int channels) implements ImageSource {}
}
