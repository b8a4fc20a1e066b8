package io.stillstream.augmenter.image;

import io.stillstream.augmenter.geometry.ImageSize;
import io.stillstream.augmenter.geometry.ProjectiveTransform;
import io.stillstream.augmenter.geometry.ViewTransform;
import io.stillstream.augmenter.image.buffer.RenderBuffer;
import io.stillstream.augmenter.image.pixel.AugMixAccumulator;
import io.stillstream.augmenter.image.pixel.PixelOperation;
import io.stillstream.augmenter.image.pixel.PixelOperations;
import io.stillstream.augmenter.image.warp.ImageWarper;
import io.stillstream.augmenter.operation.GeometricOperation;
import io.stillstream.augmenter.recipe.AugMixChains;
import io.stillstream.augmenter.recipe.RecipeStep;
import java.util.List;
import java.util.Optional;
import org.bytedeco.opencv.opencv_core.Mat;

/**
 * Makes pixels from the steps of a recipe: each run of geometric steps becomes one interpolation,
 * the others change the pixels that are there. Owns native memory, which it uses again; for one
 * thread.
 */
public final class RecipeRenderer implements AutoCloseable {
  private final ImageWarper fromDecoded = new ImageWarper();
  private final ImageWarper fromCanvas = new ImageWarper();
  private final RenderBuffer canvas = new RenderBuffer();
  private final AugMixAccumulator sum = new AugMixAccumulator();
  private final PixelOperations pixelSteps = new PixelOperations();

  /** Forgets what was derived from the decoded image before; to be called when it changes. */
  public void imageChanged() {
    fromDecoded.imageChanged();
  }

  /**
   * Renders one view.
   *
   * @param decoded the image, 8 bits per channel; not changed
   * @param full size of the image at full scale, which the steps speak of
   * @param toDecoded from the image at full scale to the one that is given
   * @return the view, as many channels as the image has; good until the next call
   * @throws IllegalArgumentException if a step is not known or lacks a value
   */
  public RenderBuffer render(
      Mat decoded, ImageSize full, ProjectiveTransform toDecoded, List<RecipeStep> steps) {
    RenderPass painting = new RenderPass(decoded, full, toDecoded);
    painting.applyAll(steps);
    painting.paint();
    return canvas;
  }

  /** Frees what is larger than the limit, bytes. */
  void shrink(long limit) {
    canvas.shrink(limit);
    sum.shrink(limit);
    fromDecoded.shrink(limit);
    fromCanvas.shrink(limit);
    pixelSteps.shrink(limit);
  }

  @Override
  public void close() {
    fromDecoded.close();
    fromCanvas.close();
    canvas.close();
    sum.close();
    pixelSteps.close();
  }

  /** One view on its way: geometric steps are gathered until pixels are needed. */
  private final class RenderPass {
    private final Mat decoded;
    private final ProjectiveTransform toDecoded;
    private boolean onCanvas;
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

    /** Each chain starts from the image as it is here. */
    private void apply(AugMixChains chains) {
      paint();
      sum.begin(canvas, chains.imageWeight());
      for (AugMixChains.Chain chain : chains.chains()) {
        sum.restart(canvas);
        pending = ViewTransform.of(canvas.size());
        chain.steps().forEach(this::apply);
        paint();
        sum.add(canvas, chain.weight());
      }
      sum.finish(canvas);
      pending = ViewTransform.of(canvas.size());
    }

    private void apply(RecipeStep step) {
      Optional<GeometricOperation> geometry = GeometricOperation.named(step.name());
      if (geometry.isPresent()) {
        if (!geometry.get().canFuse(pending, step)) {
          paint();
        }
        pending = geometry.get().apply(pending, step);
        return;
      }
      PixelOperation pixelStep =
          pixelSteps
              .named(step.name())
              .orElseThrow(() -> new IllegalArgumentException("unknown operation " + step.name()));
      paint();
      pixelStep.apply(canvas, step);
      pending = ViewTransform.of(canvas.size());
    }

    /** Brings the pending geometry onto the canvas. */
    private void paint() {
      if (onCanvas && pending.isIdentity()) {
        return;
      }
      if (onCanvas) {
        fromCanvas.imageChanged();
        fromCanvas.render(canvas.image(), pending, canvas);
      } else {
        ImageSize size = new ImageSize(decoded.rows(), decoded.cols());
        fromDecoded.render(decoded, pending.forRendition(size, toDecoded), canvas);
        onCanvas = true;
      }
      pending = ViewTransform.of(canvas.size());
    }
  }
}
