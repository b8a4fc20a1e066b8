package io.stillstream.augmenter.image.pixel;

import static java.util.Map.entry;

import java.util.Map;
import java.util.Optional;

/**
 * All operations of recipes that change pixel values, by name. Owns the native memory that they
 * need besides the buffer, and reuses it; for one thread.
 */
public final class PixelOperations implements AutoCloseable {
  private final ColorOperations colour = new ColorOperations();
  private final HueOperation hue = new HueOperation();
  private final LookupTableOperations tables = new LookupTableOperations();
  private final FilterOperations filters = new FilterOperations();
  private final NoiseOperations noise = new NoiseOperations();
  private final JpegOperation jpeg = new JpegOperation();
  private final Map<String, PixelOperation> byName =
      Map.ofEntries(
          entry("brightness", colour::brightness),
          entry("contrast", colour::contrast),
          entry("saturation", colour::saturation),
          entry("grayscale", colour::grayscale),
          entry("hue", hue),
          entry("color_matrix", colour::matrix),
          entry("invert", InversionOperations::invert),
          entry("posterize", tables::posterize),
          entry("solarize", InversionOperations::solarize),
          entry("gamma", tables::gamma),
          entry("equalize", tables::equalize),
          entry("autocontrast", tables::autocontrast),
          entry("gaussian_blur", filters::blur),
          entry("sharpness", filters::sharpness),
          entry("gaussian_noise", noise::add),
          entry("erase", noise::erase),
          entry("jpeg_compression", jpeg));

  /** The operation of a recipe step. */
  public Optional<PixelOperation> named(String name) {
    return Optional.ofNullable(byName.get(name));
  }

  /** Frees what is larger than the limit, bytes. */
  public void shrink(long limit) {
    tables.shrink(limit);
    noise.shrink(limit);
  }

  @Override
  public void close() {
    colour.close();
    hue.close();
    tables.close();
    filters.close();
    jpeg.close();
  }
}
