package io.stillstream.augmenter.image;

import io.stillstream.augmenter.geometry.ImageSize;
import io.stillstream.augmenter.image.buffer.RenderBuffer;
import io.stillstream.augmenter.image.decode.ImageSource;
import io.stillstream.augmenter.image.decode.RejectedImageException;
import io.stillstream.augmenter.image.pixel.MaskOperations;
import io.stillstream.augmenter.image.pixel.MixBlender;
import io.stillstream.augmenter.policy.Policy;
import io.stillstream.augmenter.policy.ViewSeed;
import io.stillstream.augmenter.random.RandomStream;
import io.stillstream.augmenter.recipe.MixCandidate;
import io.stillstream.augmenter.recipe.MixRecipe;
import io.stillstream.augmenter.recipe.RecipeStep;
import io.stillstream.augmenter.recipe.ViewRecipe;
import io.stillstream.schemas.answer.SegmentationMask;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.bytedeco.opencv.global.opencv_core;

/**
 * Generates all views of an image under a policy: one decode, one interpolation per view, and a
 * second decode if another image is mixed in. The result depends only on the policy, the sources
 * and the origin coordinates. Owns native memory, which it reuses for the next image; for one
 * thread.
 */
public final class ViewGenerator implements AutoCloseable {
  private final Policy policy;
  private final SourceRenderer imageRenderer;
  private final SourceRenderer partnerRenderer;

  /**
   * @param maxPixels largest height × width that is decoded
   */
  public ViewGenerator(Policy policy, long maxPixels) {
    this.policy = policy;
    // The stream thread is the unit of parallelism; OpenCV's own threads would compete with it.
    opencv_core.setNumThreads(1);
    imageRenderer = new SourceRenderer(policy.output().channels(), maxPixels);
    partnerRenderer = new SourceRenderer(policy.output().channels(), maxPixels);
  }

  /** Generates the views without masks, and without an image to mix in. */
  public List<RenderedView> generate(ImageSource source, String topic, int partition, long offset) {
    return generate(source, topic, partition, offset, null);
  }

  /** Generates the views without masks. */
  public List<RenderedView> generate(
      ImageSource source, String topic, int partition, long offset, MixPartner partner) {
    return generate(MaskedImage.of(source), topic, partition, offset, partner);
  }

  /**
   * Generates the views of the image with the given origin coordinates, with masks if it has one.
   *
   * @param partner the image to mix in where the policy mixes; null if there is none, and then no
   *     view is mixed. It is decoded only if a view is mixed, and its mask only if a view with a
   *     mask gets a rectangle of it; if either cannot be, no view is mixed.
   * @return as many as the policy has, in order of their index
   * @throws RejectedImageException if the image or its mask cannot be decoded
   */
  public List<RenderedView> generate(
      MaskedImage image, String topic, int partition, long offset, MixPartner partner) {
    imageRenderer.open(image);
    imageRenderer.decodeMask();
    long[] seeds = new long[policy.views()];
    for (int index = 0; index < seeds.length; index++) {
      seeds[index] = ViewSeed.of(policy.seed(), topic, partition, offset, index);
    }
    List<ViewRecipe> recipes = recipes(seeds, partner);
    int scale = imageRenderer.decodeFor(recipes.stream().map(ViewRecipe::steps).toList());
    List<RenderedView> views = new ArrayList<>(seeds.length);
    for (int index = 0; index < seeds.length; index++) {
      ViewRecipe recipe = recipes.get(index).withDecodeScale(scale);
      RenderedPixels view = render(recipe);
      views.add(new RenderedView(index, seeds[index], recipe, view.pixels(), view.mask()));
    }
    return views;
  }

  /**
   * Renders one view again from its recipe.
   *
   * @param partner the image that the recipe's mix names; null if it has none
   * @return the same pixels and mask as those of the view that the recipe came with
   * @throws RejectedImageException if an image or a mask cannot be decoded
   * @throws IllegalArgumentException if the recipe names what is not known, or a partner is missing
   */
  public RenderedPixels replay(MaskedImage image, ViewRecipe recipe, MaskedImage partner) {
    if (recipe.mix() != null && partner == null) {
      throw new IllegalArgumentException(
          "the recipe mixes in another image, which is missing: " + recipe.mix().partner());
    }
    imageRenderer.open(image);
    imageRenderer.decodeMask();
    imageRenderer.decode(recipe.decodeScale());
    if (recipe.mix() != null) {
      partnerRenderer.open(partner);
      decodePartnerMask(List.of(recipe));
      partnerRenderer.decode(recipe.mix().partnerDecodeScale());
    }
    return render(recipe);
  }

  /**
   * Size of an image, upright and at full scale: what recipes are drawn for.
   *
   * @throws RejectedImageException if its header is rejected; nothing else is read
   */
  public ImageSize size(ImageSource source) {
    imageRenderer.open(MaskedImage.of(source));
    return imageRenderer.size();
  }

  /** Renders the pixels of a view again whose recipe mixes nothing in. */
  public byte[] replay(ImageSource source, ViewRecipe recipe) {
    return replay(MaskedImage.of(source), recipe, null).pixels();
  }

  private List<ViewRecipe> recipes(long[] seeds, MixPartner partner) {
    if (partner == null) {
      return draw(seeds, null);
    }
    try {
      List<ViewRecipe> recipes =
          draw(
              seeds,
              new MixCandidate(partner.coordinates(), new LazyPartner(partner.image())::size));
      List<List<RecipeStep>> mixed =
          recipes.stream()
              .map(ViewRecipe::mix)
              .filter(Objects::nonNull)
              .map(MixRecipe::partnerSteps)
              .toList();
      if (mixed.isEmpty()) {
        return recipes;
      }
      decodePartnerMask(recipes);
      int scale = partnerRenderer.decodeFor(mixed);
      return recipes.stream().map(recipe -> recipe.withPartnerDecodeScale(scale)).toList();
    } catch (RejectedImageException e) {
      // It was decoded when it became views itself: settings or libraries have changed since.
      return draw(seeds, null);
    }
  }

  /** Only cutmix reads it, and only for images with a mask. */
  private void decodePartnerMask(List<ViewRecipe> recipes) {
    boolean isCut =
        recipes.stream()
            .map(ViewRecipe::mix)
            .anyMatch(mix -> mix != null && mix.kind() == MixRecipe.Kind.CUTMIX);
    if (isCut && imageRenderer.hasMask()) {
      partnerRenderer.decodeMask();
    }
  }

  private List<ViewRecipe> draw(long[] seeds, MixCandidate other) {
    List<ViewRecipe> recipes = new ArrayList<>(seeds.length);
    for (int index = 0; index < seeds.length; index++) {
      recipes.add(policy.recipe(index, RandomStream.of(seeds[index]), imageRenderer.size(), other));
    }
    return recipes;
  }

  private RenderedPixels render(ViewRecipe recipe) {
    RenderBuffer buffer = imageRenderer.render(recipe.steps());
    SegmentationMask mask = imageRenderer.mask();
    if (recipe.mix() != null) {
      RenderBuffer partner = partnerRenderer.render(recipe.mix().partnerSteps());
      MixBlender.into(buffer.image(), partner.image(), recipe.mix());
      mask = MaskOperations.mix(mask, partnerRenderer.mask(), recipe.mix());
    }
    return new RenderedPixels(buffer.bytes(), mask);
  }

  @Override
  public void close() {
    imageRenderer.close();
    partnerRenderer.close();
  }

  /** Opens the partner when its size is first needed. */
  private final class LazyPartner {
    private final MaskedImage image;
    private boolean open;

    LazyPartner(MaskedImage image) {
      this.image = image;
    }

    ImageSize size() {
      if (!open) {
        partnerRenderer.open(image);
        open = true;
      }
      return partnerRenderer.size();
    }
  }
}
