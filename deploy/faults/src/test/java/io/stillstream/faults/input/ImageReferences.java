package io.stillstream.faults.input;

import io.stillstream.schemas.ImageEvent;
import io.stillstream.schemas.values.Sha256;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Images as objects in a bucket: each has an object of its own, which is there before its record is
 * sent. Every second record knows size and SHA-256 of its object.
 */
public final class ImageReferences {
  /** Larger than every image, and smaller than {@link #TOO_LARGE}. */
  public static final int MAX_BYTES = 65_536;

  private static final int TOO_LARGE = 80_000;
  private static final String ALLOWED = "faults/";
  private static final String NOT_ALLOWED = "elsewhere/";

  private final Path bucket;
  private final boolean withBadObjects;
  private final Map<String, String> checksums = new ConcurrentHashMap<>();

  /**
   * @param bucket its directory
   * @param withBadObjects whether 1 % of the objects are not as their records say
   */
  public ImageReferences(Path bucket, boolean withBadObjects) {
    this.bucket = bucket;
    this.withBadObjects = withBadObjects;
    try {
      Files.createDirectories(bucket.resolve(ALLOWED));
      Files.createDirectories(bucket.resolve(NOT_ALLOWED));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The prefix below which all good objects are. */
  public String prefix() {
    return "s3://" + bucket.getFileName() + "/" + ALLOWED;
  }

  /** SHA-256 of each good object by its address. */
  public Map<String, String> checksums() {
    return Map.copyOf(checksums);
  }

  RecordKind kind(long number) {
    return withBadObjects ? RecordKind.ofObject(number) : RecordKind.GOOD;
  }

  /** Stores the object of the n-th record, as it is to be, and tells the event where it is. */
  void put(long number, RecordKind kind, byte[] image, ImageEvent.Builder event) {
    boolean allowed = kind != RecordKind.OBJECT_NOT_ALLOWED;
    String key = (allowed ? ALLOWED : NOT_ALLOWED) + "image-%08d.png".formatted(number);
    String uri = "s3://" + bucket.getFileName() + "/" + key;
    event.setPayloadUri(uri);
    if (number % 2 == 0) {
      event.setPayloadSize((long) image.length).setPayloadSha256(Sha256.hex(image));
    }
    Path object = bucket.resolve(key);
    switch (kind) {
      case OBJECT_MISSING -> {}
      case OBJECT_CHANGED -> {
        byte[] changed = image.clone();
        changed[changed.length / 2] ^= 1;
        write(object, changed);
      }
      case OBJECT_SHORTENED -> write(object, Arrays.copyOf(image, image.length - 1));
      case OBJECT_TOO_LARGE -> {
        event.setPayloadSize(null).setPayloadSha256(null);
        write(object, Arrays.copyOf(image, TOO_LARGE));
      }
      default -> {
        write(object, image);
        if (kind == RecordKind.GOOD) {
          checksums.put(uri, Sha256.hex(image));
        }
      }
    }
  }

  private static void write(Path object, byte[] bytes) {
    try {
      Files.write(object, bytes);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
