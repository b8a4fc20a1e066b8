package io.stillstream.augmenter.image;

import io.stillstream.augmenter.geometry.ImageSize;
import io.stillstream.augmenter.geometry.ProjectiveTransform;
import io.stillstream.augmenter.geometry.ViewTransform;
import io.stillstream.augmenter.image.buffer.RenderBuffer;
import io.stillstream.augmenter.image.pixel.AugMixAccumulator;
import io.stillstream.augmenter.image.pixel.MaskOperations;
import io.stillstream.augmenter.image.pixel.PixelOperation;
import io.stillstream.augmenter.image.pixel.PixelOperations;
import io.stillstream.augmenter.image.warp.ImageWarper;
import io.stillstream.augmenter.image.warp.MaskWarper;
import io.stillstream.augmenter.operation.geometric.GeometricOperation;
import io.stillstream.augmenter.recipe.AugMixChains;
import io.stillstream.augmenter.recipe.RecipeStep;
import io.stillstream.schemas.answer.SegmentationMask;
import java.util.List;
import java.util.Optional;
import org.bytedeco.opencv.opencv_core.Mat;

/**
 * Renders views from the steps of recipes: each run of geometric steps becomes one interpolation,
 * the other steps change pixels in place. A mask follows the image: geometric steps move it, what
 * they fill and what is erased has no class, all other steps leave it alone. Owns native memory,
 * which it reuses; for one thread.
 */
public final class RecipeRenderer implements AutoCloseable {
  private final ImageWarper decodedWarper = new ImageWarper();
  private final ImageWarper bufferWarper = new ImageWarper();
  private final RenderBuffer buffer = new RenderBuffer();
  private final AugMixAccumulator sum = new AugMixAccumulator();
  private final PixelOperations pixelSteps = new PixelOperations();

  /** Of the view that was rendered last; null if it has none. */
  private SegmentationMask mask;

  /** Drops what was derived from the previous decoded image; to be called when it changes. */
  public void imageChanged() {
    decodedWarper.imageChanged();
  }

  /** Renders one view of an image without a mask. */
  public RenderBuffer render(
      Mat decoded, ImageSize full, ProjectiveTransform toDecoded, List<RecipeStep> steps) {
    return render(decoded, full, toDecoded, null, steps);
  }

  /**
   * Renders one view, and its mask, see {@link #mask()}.
   *
   * @param decoded the image, 8 bits per channel; not changed
   * @param full size of the image at full scale, which the steps refer to
   * @param toDecoded from the image at full scale to the one that is given
   * @param fullMask classes of the image at full scale; null if they are not known
   * @return the view, as many channels as the image has; valid until the next call
   * @throws IllegalArgumentException if a step is not known or lacks a value
   */
  public RenderBuffer render(
      Mat decoded,
      ImageSize full,
      ProjectiveTransform toDecoded,
      SegmentationMask fullMask,
      List<RecipeStep> steps) {
    mask = fullMask;
    RenderPass pass = new RenderPass(decoded, full, toDecoded);
    pass.applyAll(steps);
    pass.renderPending();
    return buffer;
  }

  /**
   * Mask of the view that was rendered last. Null if the image has none, or if the view is a sum of
   * images whose pixels lie in different places.
   */
  public SegmentationMask mask() {
    return mask;
  }

  /** Frees what is larger than the limit, bytes. */
  void shrink(long limit) {
    buffer.shrink(limit);
    sum.shrink(limit);
    decodedWarper.shrink(limit);
    bufferWarper.shrink(limit);
    pixelSteps.shrink(limit);
  }

  @Override
  public void close() {
    decodedWarper.close();
    bufferWarper.close();
    buffer.close();
    sum.close();
    pixelSteps.close();
  }

  /** The rendering of one view: geometric steps are collected until pixels are needed. */
  private final class RenderPass {
    private final Mat decoded;
    private final ProjectiveTransform toDecoded;
    private boolean inBuffer;
    private ViewTransform pending;

    RenderPass(Mat decoded, ImageSize full, ProjectiveTransform toDecoded) {
      this.decoded = decoded;
      this.toDecoded = toDecoded;
      pending = ViewTransform.of(full);
    }

    void applyAll(List<RecipeStep> steps) {
      int next = 0;
      while (next < steps.size()) {
        if (steps.get(next).name().equals(AugMixChains.NAME)) {
          AugMixChains chains = AugMixChains.parseAt(steps, next);
          apply(chains);
          next += chains.steps().size();
        } else {
          apply(steps.get(next));
          next++;
        }
      }
    }

    /** Each chain starts from the current image. The mask stays if no chain changes it. */
    private void apply(AugMixChains chains) {
      renderPending();
      SegmentationMask after = chains.anyStep(RenderPass::changesMask) ? null : mask;
      mask = null;
      sum.begin(buffer, chains.imageWeight());
      for (AugMixChains.Chain chain : chains.chains()) {
        sum.restart(buffer);
        pending = ViewTransform.of(buffer.size());
        chain.steps().forEach(this::apply);
        renderPending();
        sum.add(buffer, chain.weight());
      }
      sum.finish(buffer);
      pending = ViewTransform.of(buffer.size());
      mask = after;
    }

    private static boolean changesMask(RecipeStep step) {
      return GeometricOperation.named(step.name()).isPresent() || MaskOperations.changesMask(step);
    }

    private void apply(RecipeStep step) {
      Optional<GeometricOperation> geometry = GeometricOperation.named(step.name());
      if (geometry.isPresent()) {
        if (!geometry.get().canFuse(pending, step)) {
          renderPending();
        }
        pending = geometry.get().apply(pending, step);
        return;
      }
      PixelOperation pixelStep =
          pixelSteps
              .named(step.name())
              .orElseThrow(() -> new IllegalArgumentException("unknown operation " + step.name()));
      renderPending();
      pixelStep.apply(buffer, step);
      if (mask != null) {
        mask = MaskOperations.apply(mask, step);
      }
      pending = ViewTransform.of(buffer.size());
    }

    /** Renders the pending geometric steps into the buffer. */
    private void renderPending() {
      if (inBuffer && pending.isIdentity()) {
        return;
      }
      if (inBuffer) {
        bufferWarper.imageChanged();
        bufferWarper.render(buffer.image(), pending, buffer);
      } else {
        ImageSize size = new ImageSize(decoded.rows(), decoded.cols());
        decodedWarper.render(decoded, pending.forRendition(size, toDecoded), buffer);
        inBuffer = true;
      }
      if (mask != null) {
        mask = MaskWarper.warp(mask, pending);
      }
      pending = ViewTransform.of(buffer.size());
    }
  }
}
