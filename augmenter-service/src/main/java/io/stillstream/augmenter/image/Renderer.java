package io.stillstream.augmenter.image;

import io.stillstream.augmenter.policy.Chains;
import io.stillstream.augmenter.policy.Frame;
import io.stillstream.augmenter.policy.Geometry;
import io.stillstream.augmenter.policy.Projective;
import io.stillstream.augmenter.policy.Size;
import io.stillstream.augmenter.policy.Step;
import java.util.List;
import java.util.Optional;
import org.bytedeco.opencv.opencv_core.Mat;

/**
 * Makes pixels from the steps of a recipe: each run of geometric steps becomes one interpolation,
 * the others change the pixels that are there. Owns native memory, which it uses again; for one
 * thread.
 */
final class Renderer implements AutoCloseable {
  private final Warp fromDecoded = new Warp();
  private final Warp fromCanvas = new Warp();
  private final Canvas canvas = new Canvas();
  private final ChainSum sum = new ChainSum();
  private final PixelSteps pixelSteps = new PixelSteps();

  /** Forgets what was derived from the decoded image before; to be called when it changes. */
  void imageChanged() {
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
  Canvas paint(Mat decoded, Size full, Projective toDecoded, List<Step> steps) {
    Painting painting = new Painting(decoded, full, toDecoded);
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
  private final class Painting {
    private final Mat decoded;
    private final Projective toDecoded;
    private boolean onCanvas;
    private Frame pending;

    Painting(Mat decoded, Size full, Projective toDecoded) {
      this.decoded = decoded;
      this.toDecoded = toDecoded;
      pending = Frame.of(full);
    }

    void applyAll(List<Step> steps) {
      int next = 0;
      while (next < steps.size()) {
        if (steps.get(next).name().equals(Chains.NAME)) {
          Chains chains = Chains.at(steps, next);
          apply(chains);
          next += chains.steps().size();
        } else {
          apply(steps.get(next));
          next++;
        }
      }
    }

    /** Each chain starts from the image as it is here. */
    private void apply(Chains chains) {
      paint();
      sum.begin(canvas, chains.own());
      for (Chains.Chain chain : chains.chains()) {
        sum.restart(canvas);
        pending = Frame.of(canvas.size());
        chain.steps().forEach(this::apply);
        paint();
        sum.add(canvas, chain.weight());
      }
      sum.finish(canvas);
      pending = Frame.of(canvas.size());
    }

    private void apply(Step step) {
      Optional<Geometry> geometry = Geometry.named(step.name());
      if (geometry.isPresent()) {
        if (!geometry.get().fuses(pending, step)) {
          paint();
        }
        pending = geometry.get().apply(pending, step);
        return;
      }
      PixelStep pixelStep =
          pixelSteps
              .named(step.name())
              .orElseThrow(() -> new IllegalArgumentException("unknown operation " + step.name()));
      paint();
      pixelStep.apply(canvas, step);
      pending = Frame.of(canvas.size());
    }

    /** Brings the pending geometry onto the canvas. */
    private void paint() {
      if (onCanvas && pending.isWhole()) {
        return;
      }
      if (onCanvas) {
        fromCanvas.imageChanged();
        fromCanvas.render(canvas.image(), pending, canvas);
      } else {
        Size size = new Size(decoded.rows(), decoded.cols());
        fromDecoded.render(decoded, pending.on(size, toDecoded), canvas);
        onCanvas = true;
      }
      pending = Frame.of(canvas.size());
    }
  }
}
