package io.stillstream.labeler.model;

import io.stillstream.runtime.model.ModelSpec;
import io.stillstream.runtime.model.ModelSpec.Resize;
import io.stillstream.schemas.image.PixelResizer;
import io.stillstream.schemas.image.PixelResizer.ResizeMode;
import java.util.Optional;

/**
 * Brings views to the size of a model: rejects or resizes other sizes, as the model's description
 * says. A declared resize covers channels too: grey to RGB by repetition, RGB to grey by BT.601.
 */
public final class ViewResizer {
  private final ModelSpec spec;

  public ViewResizer(ModelSpec spec) {
    this.spec = spec;
  }

  /** Why the view is rejected; empty if it is accepted. */
  public Optional<String> rejectionReason(Pixels view) {
    return spec.resize() != Resize.REFUSE || fits(view)
        ? Optional.empty()
        : Optional.of(
            "the view is %s, the teacher takes %d x %d x %d"
                .formatted(view, spec.height(), spec.width(), spec.channels()));
  }

  /**
   * Unsigned bytes [H, W, C] of the model's size; those of the view itself if it has that size.
   *
   * @throws IllegalArgumentException if the view is rejected
   */
  byte[] resize(Pixels view) {
    if (fits(view)) {
      return view.bytes();
    }
    if (spec.resize() == Resize.REFUSE) {
      throw new IllegalArgumentException(rejectionReason(view).orElseThrow());
    }
    return PixelResizer.resize(
        view.bytes(),
        view.height(),
        view.width(),
        view.channels(),
        spec.height(),
        spec.width(),
        spec.channels(),
        spec.resize() == Resize.CROP ? ResizeMode.CROP : ResizeMode.STRETCH);
  }

  private boolean fits(Pixels view) {
    return view.height() == spec.height()
        && view.width() == spec.width()
        && view.channels() == spec.channels();
  }
}
