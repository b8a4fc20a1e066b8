package io.stillstream.local.preview;

import io.stillstream.augmenter.geometry.ImageSize;
import io.stillstream.augmenter.image.MaskedImage;
import io.stillstream.augmenter.image.MixPartner;
import io.stillstream.augmenter.image.RenderedPixels;
import io.stillstream.augmenter.image.RenderedView;
import io.stillstream.augmenter.image.ViewGenerator;
import io.stillstream.augmenter.image.decode.RejectedImageException;
import io.stillstream.augmenter.mapping.RecipeMapper;
import io.stillstream.augmenter.policy.FitMode;
import io.stillstream.augmenter.policy.OutputFormat;
import io.stillstream.augmenter.policy.Policy;
import io.stillstream.augmenter.recipe.RecipeStep;
import io.stillstream.augmenter.recipe.ViewRecipe;
import io.stillstream.local.sheet.ImageCanvas;
import io.stillstream.local.sheet.PreviewSheet;
import io.stillstream.local.sheet.SheetCell;
import io.stillstream.local.sheet.SheetLayout;
import io.stillstream.runtime.config.StartupException;
import io.stillstream.schemas.PixelEncoding;
import io.stillstream.schemas.image.MaskOverlay;
import io.stillstream.schemas.image.PixelCodec;
import io.stillstream.schemas.values.RecipeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Shows what a policy makes of images. The n-th image counts as offset n − 1 of partition 0 of a
 * topic called {@value #TOPIC}: the seeds of views follow from that, as in the service, so the same
 * policy and images give the same sheet. Owns native memory; for one thread.
 */
public final class PolicyPreview implements AutoCloseable {
  /** Topic that the seeds of a preview's views are made from. */
  static final String TOPIC = "preview";

  /** In colours, whatever views have; the size is decided for each image. */
  private static final OutputFormat ORIGINAL =
      new OutputFormat(new ImageSize(1, 1), 3, FitMode.STRETCH, PixelEncoding.RAW, 100);

  private final Policy policy;
  private final String policyName;
  private final ViewGenerator maker;
  private final ViewGenerator originals;

  /**
   * @param policy with the seed and the number of views that are wanted
   * @param policyName for the heading
   * @param maxPixels largest height × width that is decoded
   */
  public PolicyPreview(Policy policy, String policyName, long maxPixels) {
    this.policy = policy;
    this.policyName = policyName;
    maker = new ViewGenerator(policy, maxPixels);
    originals = new ViewGenerator(Policy.original(ORIGINAL), maxPixels);
  }

  /**
   * Draws a sheet: for every image first the file as it is, its partner where the policy mixes, and
   * then all its views. Masks lie over images and views.
   *
   * @param images at least one; each is mixed with the next one, the last one with the first
   * @param partner what to mix in instead
   * @param columns cells in a row; 0 for as many as make a good shape
   * @throws StartupException if one is no image, or the sheet would be too large
   */
  public ImageCanvas draw(List<ImageFile> images, Optional<ImageFile> partner, int columns) {
    OutputFormat output = policy.output();
    MixImageSelector partners = new MixImageSelector(policy.mixesImages(), images, partner);
    int cells = policy.views() + (partners.any() ? 2 : 1);
    SheetLayout grid =
        new SheetLayout(output.size(), columns == 0 ? SheetLayout.columnsFor(cells) : columns);
    if (grid.leastPixels(cells) * images.size() > PixelCodec.MAX_PIXELS) {
      throw new StartupException(
          "%d views of %d x %d do not fit on a sheet of %d pixels"
              .formatted(
                  policy.views() * images.size(),
                  output.size().height(),
                  output.size().width(),
                  PixelCodec.MAX_PIXELS));
    }
    images.forEach(this::requireImage);
    partner.ifPresent(this::requireImage);
    List<List<SheetCell>> blocks = new ArrayList<>();
    for (int number = 0; number < images.size(); number++) {
      blocks.add(cells(images.get(number), number, partners.of(number), grid));
    }
    try {
      return new PreviewSheet(grid).draw(heading(partners.any()), blocks);
    } catch (IllegalArgumentException e) {
      throw new StartupException(e.getMessage(), e);
    }
  }

  @Override
  public void close() {
    maker.close();
    originals.close();
  }

  private List<String> heading(boolean partners) {
    OutputFormat output = policy.output();
    List<String> heading = new ArrayList<>();
    heading.add("policy " + policyName + ", seed " + policy.seed());
    heading.add(
        "views %dx%dx%d %s%s"
            .formatted(
                output.size().height(),
                output.size().width(),
                output.channels(),
                output.encoding(),
                output.encoding() == PixelEncoding.JPEG ? " quality " + output.quality() : ""));
    if (policy.mixesImages() && !partners) {
      heading.add("the policy mixes images, but there is no second one: nothing is mixed");
    }
    return heading;
  }

  private List<SheetCell> cells(
      ImageFile image, int number, Optional<MixPartner> partner, SheetLayout grid) {
    List<SheetCell> cells = new ArrayList<>();
    cells.add(original(image.name(), "original", image.image(), grid));
    partner.ifPresent(
        other ->
            cells.add(original(other.coordinates().imageId(), "partner", other.image(), grid)));
    for (RenderedView view :
        maker.generate(image.image(), TOPIC, 0, number, partner.orElse(null))) {
      cells.add(cell(view));
    }
    return cells;
  }

  /** A file as it is, made smaller where it does not fit. */
  private SheetCell original(String name, String role, MaskedImage image, SheetLayout grid) {
    ImageSize full = originals.size(image.source());
    ImageSize shown = full;
    double scale =
        Math.min(
            (double) grid.imageHeight() / full.height(), (double) grid.cellWidth() / full.width());
    List<RecipeStep> steps = List.of();
    if (scale < 1) {
      shown =
          new ImageSize(
              (int) Math.max(1, Math.floor(full.height() * scale)),
              (int) Math.max(1, Math.floor(full.width() * scale)));
      steps = List.of(resize(shown));
    }
    return cell(
        shown,
        3,
        originals.replay(image, ViewRecipe.of(steps), null),
        name,
        List.of("%s, %dx%d".formatted(role, full.height(), full.width())));
  }

  private static RecipeStep resize(ImageSize to) {
    return RecipeStep.of(
        "resize", Map.of("height", (double) to.height(), "width", (double) to.width()));
  }

  /** Decodes it: what is wrong behind the header shows only then. */
  private void requireImage(ImageFile image) {
    try {
      var unused =
          originals.replay(
              image.image(), ViewRecipe.of(List.of(resize(new ImageSize(1, 1)))), null);
    } catch (RejectedImageException e) {
      throw new StartupException(
          "image %s is refused, %s: %s".formatted(image.file(), e.reason().tag(), e.getMessage()),
          e);
    }
  }

  /**
   * A view as teacher and student see it, the loss of its encoding included.
   *
   * @param pixels unsigned bytes [height, width, channels] of the output's shape
   * @return of the same shape
   */
  public static byte[] encodeAndDecode(OutputFormat output, byte[] pixels) {
    int height = output.size().height();
    int width = output.size().width();
    int channels = output.channels();
    return PixelCodec.decode(
        output.encoding(),
        height,
        width,
        channels,
        PixelCodec.encode(output.encoding(), height, width, channels, pixels, output.quality()));
  }

  private SheetCell cell(RenderedView view) {
    OutputFormat output = policy.output();
    return cell(
        output.size(),
        output.channels(),
        new RenderedPixels(encodeAndDecode(output, view.pixels()), view.mask()),
        "view " + view.index() + RecipeFormatter.scale(view.recipe().decodeScale()),
        RecipeFormatter.lines(RecipeMapper.toAvro(view.recipe())));
  }

  private static SheetCell cell(
      ImageSize size, int channels, RenderedPixels view, String title, List<String> caption) {
    int height = size.height();
    int width = size.width();
    return view.mask() == null
        ? new SheetCell(view.pixels(), height, width, channels, title, caption)
        : new SheetCell(
            MaskOverlay.rgb(view.pixels(), height, width, channels, view.mask()),
            height,
            width,
            3,
            title,
            caption);
  }
}
