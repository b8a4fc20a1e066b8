package io.stillstream.local.sizing;

import io.stillstream.local.data.IdxLabeledImages;
import io.stillstream.schemas.ImageEvent;
import io.stillstream.schemas.PixelEncoding;
import io.stillstream.schemas.answer.SegmentationMask;
import io.stillstream.schemas.image.MaskCodec;
import io.stillstream.schemas.image.PixelCodec;
import io.stillstream.schemas.values.ByteArrays;
import io.stillstream.schemas.values.Sha256;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;

/** Images of a stream, the same each time: garments of a data set, or generated pictures. */
final class SampleImages {
  private static final int QUALITY = 90;
  private static final int WAVES = 12;
  private static final int NOISE = 12;
  private static final int REGIONS = 30;

  private final List<ImageEvent> events = new ArrayList<>();
  private final Map<String, byte[]> objects = new HashMap<>();
  private final SizedStream stream;

  private SampleImages(SizedStream stream) {
    this.stream = stream;
  }

  /**
   * Makes images.
   *
   * @param height of generated pictures, and their width
   */
  static SampleImages of(SizedStream stream, int count, int height) {
    SampleImages images = new SampleImages(stream);
    IdxLabeledImages garments =
        IdxLabeledImages.load(
            Path.of("../data/fashion-mnist").toAbsolutePath().normalize(),
            IdxLabeledImages.Split.TRAIN);
    for (int i = 0; i < count; i++) {
      if (stream.image().labeled()) {
        images.add(i, garments.png(i), garments.label(i), null);
      } else {
        SplittableRandom random = new SplittableRandom(i);
        ByteBuffer file =
            PixelCodec.encode(
                PixelEncoding.JPEG, height, height, 3, picture(height, random), QUALITY);
        boolean hasMask = stream.image().maskBytes() > 0;
        images.add(i, file, null, hasMask ? mask(height, random) : null);
      }
    }
    return images;
  }

  List<ImageEvent> events() {
    return events;
  }

  /** The files of images by reference, by their address. */
  Map<String, byte[]> objects() {
    return objects;
  }

  long meanFileBytes() {
    return stream.image().byReference()
        ? Math.round(
            objects.values().stream().mapToLong(file -> file.length).average().orElseThrow())
        : Math.round(
            events.stream().mapToLong(e -> e.getPayload().remaining()).average().orElseThrow());
  }

  private void add(int number, ByteBuffer file, Integer label, ByteBuffer mask) {
    String id = "camera-7/2026-11-30/%012d".formatted(number);
    ImageEvent.Builder event =
        ImageEvent.newBuilder()
            .setImageId(id)
            .setSource("camera-7")
            .setCapturedAt(Instant.parse("2026-11-30T12:00:00Z"))
            .setContentType(stream.image().contentType())
            .setLabel(label)
            .setMask(mask);
    if (stream.image().byReference()) {
      byte[] bytes = ByteArrays.copyOf(file);
      String uri = "s3://photographs/%s.jpeg".formatted(id);
      objects.put(uri, bytes);
      event
          .setPayloadUri(uri)
          .setPayloadSize((long) bytes.length)
          .setPayloadSha256(Sha256.hex(bytes));
    } else {
      event.setPayload(file);
    }
    events.add(event.build());
  }

  /** Waves of random direction and colour under noise. */
  private static byte[] picture(int side, SplittableRandom random) {
    double[] down = random.doubles(WAVES, -0.1, 0.1).toArray();
    double[] right = random.doubles(WAVES, -0.1, 0.1).toArray();
    double[] strength = random.doubles(3L * WAVES, -20, 20).toArray();
    byte[] pixels = new byte[3 * side * side];
    for (int y = 0; y < side; y++) {
      for (int x = 0; x < side; x++) {
        int noise = random.nextInt(-NOISE, NOISE);
        for (int channel = 0; channel < 3; channel++) {
          double value = 128 + noise;
          for (int wave = 0; wave < WAVES; wave++) {
            value += strength[3 * wave + channel] * Math.sin(down[wave] * y + right[wave] * x);
          }
          pixels[3 * (y * side + x) + channel] = (byte) Math.max(0, Math.min(255, value));
        }
      }
    }
    return pixels;
  }

  /** Overlapping discs of 20 classes. */
  private static ByteBuffer mask(int side, SplittableRandom random) {
    byte[] classes = new byte[side * side];
    for (int region = 0; region < REGIONS; region++) {
      int centreY = random.nextInt(side);
      int centreX = random.nextInt(side);
      int radius = random.nextInt(side / 32, side / 4);
      byte named = (byte) random.nextInt(20);
      for (int y = 0; y < side; y++) {
        for (int x = 0; x < side; x++) {
          int distance = (y - centreY) * (y - centreY) + (x - centreX) * (x - centreX);
          if (distance < radius * radius) {
            classes[y * side + x] = named;
          }
        }
      }
    }
    return MaskCodec.encode(new SegmentationMask(side, side, classes));
  }
}
