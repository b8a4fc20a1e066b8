package io.stillstream.bench.reference;

import io.stillstream.bench.input.BenchmarkImages;
import io.stillstream.runtime.config.StartupException;
import io.stillstream.schemas.ImageEvent;
import io.stillstream.schemas.values.Sha256;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/** Events of the same photographs, with the bytes in them or with an address. */
final class ByReferenceEvents {
  private ByReferenceEvents() {}

  /** One event for each photograph, with its bytes. */
  static List<ImageEvent> byValue(List<Path> photos) {
    return BenchmarkImages.bytes(photos).stream()
        .map(file -> event("image").setPayload(ByteBuffer.wrap(file)).build())
        .toList();
  }

  /**
   * Puts objects into a bucket, each under a name of its own, and makes an event for each. The
   * photographs are repeated as often as needed, as hard links, so that they take their space once.
   *
   * @param bucket its directory
   * @param count of objects
   */
  static List<ImageEvent> byReference(Path bucket, List<Path> photos, int count) {
    List<byte[]> files = BenchmarkImages.bytes(photos);
    List<String> checksums = files.stream().map(Sha256::hex).toList();
    List<ImageEvent> events = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      int photo = i % files.size();
      String name = "photo-%06d.jpg".formatted(i);
      link(bucket.resolve(name), photos.get(photo));
      events.add(
          event("image-" + i)
              .setPayloadUri("s3://" + bucket.getFileName() + "/" + name)
              .setPayloadSize((long) files.get(photo).length)
              .setPayloadSha256(checksums.get(photo))
              .build());
    }
    return events;
  }

  private static ImageEvent.Builder event(String id) {
    return ImageEvent.newBuilder()
        .setImageId(id)
        .setSource("bench")
        .setCapturedAt(Instant.now())
        .setContentType("image/jpeg");
  }

  private static void link(Path object, Path photo) {
    try {
      Files.createLink(object, photo);
    } catch (IOException e) {
      throw new StartupException(object + " cannot be made: " + e.getMessage(), e);
    }
  }
}
