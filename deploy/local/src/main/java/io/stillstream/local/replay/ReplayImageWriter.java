package io.stillstream.local.replay;

import io.stillstream.runtime.records.RecordCoordinates;
import io.stillstream.schemas.AugmentedView;
import io.stillstream.schemas.ImageEvent;
import io.stillstream.schemas.Mix;
import io.stillstream.schemas.PixelEncoding;
import io.stillstream.schemas.RawShape;
import io.stillstream.schemas.answer.SegmentationMask;
import io.stillstream.schemas.image.ImageFormat;
import io.stillstream.schemas.image.IndexedPng;
import io.stillstream.schemas.image.InvalidImageException;
import io.stillstream.schemas.image.MaskCodec;
import io.stillstream.schemas.image.PixelCodec;
import io.stillstream.schemas.values.ByteArrays;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Writes what a replay saw into a directory: {@code TOPIC-P@O.EXT} is the image as it arrived (bare
 * pixels as PNG), and beside it {@code …-viewN.recorded.png} and {@code …-viewN.replayed.png}.
 * Masks go to {@code ….mask.png}: that of an image as it arrived, those of views with a palette.
 */
public final class ReplayImageWriter {
  private static final String MASK = ".mask.png";

  private final Path directory;

  /**
   * @param directory exists
   */
  public ReplayImageWriter(Path directory) {
    this.directory = directory;
  }

  /** Writes as much as there is. */
  public void write(ReplayedView replayed) throws IOException {
    AugmentedView view = replayed.view().view();
    RecordCoordinates origin = replayed.view().origin();
    if (replayed.image().isPresent()) {
      image(origin, replayed.image().get());
    }
    Mix mix = view.getRecipe().getMix();
    if (mix != null && replayed.partner().isPresent()) {
      image(
          new RecordCoordinates(
              mix.getPartnerTopic(), mix.getPartnerPartition(), mix.getPartnerOffset()),
          replayed.partner().get());
    }
    String name = origin + "-view" + view.getLineage().getViewIndex();
    int height = view.getHeight();
    int width = view.getWidth();
    int channels = view.getChannels();
    try {
      png(name + ".recorded.png", height, width, channels, PixelCodec.decode(view));
      if (replayed.replayed().isPresent()) {
        png(name + ".replayed.png", height, width, channels, replayed.replayed().get().pixels());
        mask(name + ".replayed", replayed.replayed().get().mask());
      }
      if (view.getMask() != null) {
        mask(name + ".recorded", MaskCodec.decode(view.getMask(), height, width));
      }
    } catch (InvalidImageException e) {
      // No picture of what is none; the report says so.
      return;
    }
  }

  /** Writes an image as it arrived, if it came by value or was fetched, and its mask. */
  public void image(RecordCoordinates at, ImageEvent event) throws IOException {
    byte[] bytes = ByteArrays.copyOf(event.getPayload());
    if (event.getMask() != null) {
      Files.write(directory.resolve(at + MASK), ByteArrays.copyOf(event.getMask()));
    }
    if (bytes.length == 0 && event.getPayloadUri() != null) {
      return;
    }
    RawShape shape = event.getRawShape();
    String type = ImageFormat.of(ByteBuffer.wrap(bytes)).map(ImageFormat::mediaType).orElse("");
    if (type.isEmpty() && shape != null && shape.getChannels() != 4) {
      png(at + ".png", shape.getHeight(), shape.getWidth(), shape.getChannels(), bytes);
      return;
    }
    String extension = type.isEmpty() ? "bin" : type.substring("image/".length());
    Files.write(directory.resolve(at + "." + extension), bytes);
  }

  private void mask(String name, SegmentationMask mask) throws IOException {
    if (mask != null) {
      Files.write(directory.resolve(name + MASK), IndexedPng.encode(mask));
    }
  }

  private void png(String name, int height, int width, int channels, byte[] pixels)
      throws IOException {
    Files.write(
        directory.resolve(name),
        ByteArrays.copyOf(PixelCodec.encode(PixelEncoding.PNG, height, width, channels, pixels)));
  }
}
