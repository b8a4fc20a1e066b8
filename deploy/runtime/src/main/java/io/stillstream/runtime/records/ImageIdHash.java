package io.stillstream.runtime.records;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.stillstream.schemas.values.Sha256;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Stands for an image where its id must not be kept, as in the list of erasure requests.
 *
 * @param sha256 of the imageId in UTF-8, 64 hexadecimal digits in lower case
 */
public record ImageIdHash(String sha256) {
  private static final Pattern SHA256 = Pattern.compile("[0-9a-f]{64}");
  private static final int DIGITS_OF_A_LONG = 16;

  public ImageIdHash {
    if (!SHA256.matcher(sha256).matches()) {
      throw new IllegalArgumentException("64 hexadecimal digits are expected, was " + sha256);
    }
  }

  public static ImageIdHash of(String imageId) {
    return new ImageIdHash(Sha256.hex(imageId));
  }

  /** What {@link #bytes} made; empty for anything else. */
  public static Optional<ImageIdHash> parse(byte[] key) {
    String text = key == null ? "" : new String(key, US_ASCII);
    return SHA256.matcher(text).matches() ? Optional.of(new ImageIdHash(text)) : Optional.empty();
  }

  /** As the key of a record. */
  public byte[] bytes() {
    return sha256.getBytes(US_ASCII);
  }

  /** The first 64 bits; never 0, which may stand for no image. */
  public long number() {
    long number = Long.parseUnsignedLong(sha256.substring(0, DIGITS_OF_A_LONG), 16);
    return number == 0 ? 1 : number;
  }
}
