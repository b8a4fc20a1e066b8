package io.stillstream.local.ingest;

import java.nio.ByteBuffer;
import java.util.Optional;

/**
 * One image of a source that may be read, or not.
 *
 * @param name unique within the source: a path with slashes, a number, or an address
 * @param label class index, null when unknown
 * @param content reads the file when its turn comes
 */
record IngestItem(String name, Integer label, Content content) {

  /** A file that is read late. Thread-safe. */
  @FunctionalInterface
  interface Content {
    /**
     * The file.
     *
     * @throws UnreadableImageException when it is no image that the pipeline takes
     */
    Encoded read() throws UnreadableImageException;

    /** About how many bytes it has in memory, when it is read. */
    default long bytes() {
      return 0;
    }
  }

  /**
   * An encoded file, or where it is.
   *
   * @param contentType media type, found by the first bytes where they are read, not by the name
   * @param payload empty if the file is elsewhere
   * @param location where it is, if it is elsewhere
   * @param mask the class of each pixel as a PNG file, null when unknown
   */
  record Encoded(
      String contentType, ByteBuffer payload, Optional<Location> location, ByteBuffer mask) {

    static Encoded byValue(String contentType, ByteBuffer payload, ByteBuffer mask) {
      return new Encoded(contentType, payload, Optional.empty(), mask);
    }

    static Encoded byReference(String contentType, Location location, ByteBuffer mask) {
      return new Encoded(contentType, ByteBuffer.allocate(0), Optional.of(location), mask);
    }
  }

  /**
   * Where a file is.
   *
   * @param size in bytes, null when unknown
   * @param sha256 in lower-case hexadecimal digits, null when unknown
   */
  record Location(String uri, Long size, String sha256) {}
}
