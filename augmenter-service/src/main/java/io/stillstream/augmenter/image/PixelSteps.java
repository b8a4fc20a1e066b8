package io.stillstream.augmenter.image;

import static java.util.Map.entry;

import java.util.Map;
import java.util.Optional;

/**
 * All steps of recipes that change pixel values. Owns the native memory that they need beside the
 * canvas, which is used again; for one thread.
 */
final class PixelSteps implements AutoCloseable {
  private final Colour colour = new Colour();
  private final ColourMatrix matrix = new ColourMatrix();
  private final Hue hue = new Hue();
  private final Tables tables = new Tables();
  private final Filters filters = new Filters();
  private final Noise noise = new Noise();
  private final Jpeg jpeg = new Jpeg();
  private final Map<String, PixelStep> byName =
      Map.ofEntries(
          entry("brightness", colour::brightness),
          entry("contrast", colour::contrast),
          entry("saturation", colour::saturation),
          entry("grayscale", colour::grayscale),
          entry("hue", hue),
          entry("color_matrix", matrix),
          entry("invert", Levels::invert),
          entry("posterize", tables::posterize),
          entry("solarize", Levels::solarize),
          entry("gamma", tables::gamma),
          entry("equalize", tables::equalize),
          entry("autocontrast", tables::autocontrast),
          entry("gaussian_blur", filters::blur),
          entry("sharpness", filters::sharpness),
          entry("gaussian_noise", noise::add),
          entry("erase", noise::erase),
          entry("jpeg_compression", jpeg));

  /** The step that recipes call so. */
  Optional<PixelStep> named(String name) {
    return Optional.ofNullable(byName.get(name));
  }

  /** Frees what is larger than the limit, bytes. */
  void shrink(long limit) {
    tables.shrink(limit);
    noise.shrink(limit);
  }

  @Override
  public void close() {
    colour.close();
    matrix.close();
    hue.close();
    tables.close();
    filters.close();
    jpeg.close();
  }
}
