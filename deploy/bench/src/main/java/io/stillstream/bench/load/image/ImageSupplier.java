package io.stillstream.bench.load.image;

import io.stillstream.bench.input.SyntheticImages;
import io.stillstream.local.data.IdxLabeledImages;
import io.stillstream.local.data.IdxLabeledImages.Split;
import io.stillstream.schemas.PixelEncoding;
import io.stillstream.schemas.RawShape;
import io.stillstream.schemas.image.PixelCodec;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/** The images that are sent, made once and sent again and again under new ids. */
public final class ImageSupplier {
  /** Different small images. */
  private static final int SMALL = 2_000;

  /** Different large images; each takes a while to make. */
  private static final int LARGE = 24;

  private final List<ImageEventPayload> good;
  private final Map<InvalidImageKind, ImageEventPayload> bad =
      new EnumMap<>(InvalidImageKind.class);
  private final InvalidImageShare badShare;

  /**
   * Makes them.
   *
   * @param data directory of the bundled data set, where small images come from
   */
  public ImageSupplier(LoadImageSize size, InvalidImageShare badShare, Path data) {
    this.good = size.isSmall() ? small(data) : large(size);
    this.badShare = badShare;
    for (InvalidImageKind kind : InvalidImageKind.values()) {
      bad.put(kind, kind.payload());
    }
  }

  /** What the n-th image is. */
  public ImageEventPayload payload(long number) {
    return badShare
        .of(number)
        .map(bad::get)
        .orElseGet(() -> good.get((int) (number % good.size())));
  }

  public InvalidImageShare badShare() {
    return badShare;
  }

  /** Mean length of a good image, bytes. */
  public long bytes() {
    return good.stream().mapToLong(payload -> payload.bytes().remaining()).sum() / good.size();
  }

  private static List<ImageEventPayload> small(Path data) {
    IdxLabeledImages set = IdxLabeledImages.load(data, Split.TRAIN);
    RawShape shape = new RawShape(set.height(), set.width(), 1);
    return IntStream.range(0, Math.min(SMALL, set.size()))
        .mapToObj(
            i ->
                new ImageEventPayload(
                    ImageEventPayload.RAW, ByteBuffer.wrap(set.pixels(i)), shape, set.label(i)))
        .toList();
  }

  private static List<ImageEventPayload> large(LoadImageSize size) {
    return IntStream.range(0, LARGE).mapToObj(i -> jpeg(size, i)).toList();
  }

  private static ImageEventPayload jpeg(LoadImageSize size, int number) {
    byte[] pixels = SyntheticImages.image(size.height(), size.width(), 3, number);
    ByteBuffer file = PixelCodec.encode(PixelEncoding.JPEG, size.height(), size.width(), 3, pixels);
    return new ImageEventPayload("image/jpeg", file, null, null);
  }
}
