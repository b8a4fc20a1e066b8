package io.stillstream.local.replay;

import io.stillstream.runtime.records.RecordCoordinates;
import io.stillstream.schemas.AugmentedView;
import io.stillstream.schemas.ImageEvent;
import io.stillstream.schemas.Mix;
import io.stillstream.schemas.PixelEncoding;
import io.stillstream.schemas.RawShape;
import io.stillstream.schemas.image.ImageFormat;
import io.stillstream.schemas.image.InvalidImageException;
import io.stillstream.schemas.image.PixelCodec;
import io.stillstream.schemas.values.ByteArrays;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Writes what a replay saw into a directory: {@code TOPIC-P@O.EXT} is the image as it arrived (bare
 * pixels as PNG), and beside it {@code …-viewN.recorded.png} and {@code …-viewN.replayed.png}.
 */
public final class ReplayImageWriter {
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
      if (replayed.pixels().isPresent()) {
        png(name + ".replayed.png", height, width, channels, replayed.pixels().get());
      }
    } catch (InvalidImageException e) {
      // No picture of what is none; the report says so.
      return;
    }
  }

  /** Writes an image as it arrived. */
  public void image(RecordCoordinates at, ImageEvent event) throws IOException {
    byte[] bytes = ByteArrays.copyOf(event.getPayload());
    RawShape shape = event.getRawShape();
    String type = ImageFormat.of(ByteBuffer.wrap(bytes)).map(ImageFormat::mediaType).orElse("");
    if (type.isEmpty() && shape != null && shape.getChannels() != 4) {
      png(at + ".png", shape.getHeight(), shape.getWidth(), shape.getChannels(), bytes);
      return;
    }
    String extension = type.isEmpty() ? "bin" : type.substring("image/".length());
    Files.write(directory.resolve(at + "." + extension), bytes);
  }

  private void png(String name, int height, int width, int channels, byte[] pixels)
      throws IOException {
    Files.write(
        directory.resolve(name),
        ByteArrays.copyOf(PixelCodec.encode(PixelEncoding.PNG, height, width, channels, pixels)));
  }
}
