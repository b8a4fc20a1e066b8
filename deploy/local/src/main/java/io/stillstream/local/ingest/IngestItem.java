package io.stillstream.local.ingest;

import java.nio.ByteBuffer;

/**
 * One image of a source that may be read, or not.
 *
 * @param name unique within the source: a path with slashes, or a number
 * @param label class index, null when unknown
 * @param content reads the file when its turn comes
 */
record IngestItem(String name, Integer label, Content content) {

  /** A file that is read late. */
  @FunctionalInterface
  interface Content {
    /**
     * The file.
     *
     * @throws UnreadableImageException when it is no image that the pipeline takes
     */
    Encoded read() throws UnreadableImageException;
  }

  /**
   * An encoded file.
   *
   * @param contentType media type, found by the first bytes, not by the name
   * @param mask the class of each pixel as a PNG file, null when unknown
   */
  record Encoded(String contentType, ByteBuffer payload, ByteBuffer mask) {}
}
