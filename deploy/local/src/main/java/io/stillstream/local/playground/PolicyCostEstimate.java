package io.stillstream.local.playground;

import io.stillstream.augmenter.geometry.ImageSize;
import io.stillstream.augmenter.geometry.ViewTransform;
import io.stillstream.augmenter.operation.geometric.GeometricOperation;
import io.stillstream.augmenter.policy.Policy;
import io.stillstream.augmenter.policy.ViewSeed;
import io.stillstream.augmenter.random.RandomStream;
import io.stillstream.augmenter.recipe.RecipeStep;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * How much work a policy makes of an image, told from its recipes before a pixel is touched: a
 * policy may enlarge an image to 16,384 pixels a side, and blur that, any number of times.
 */
final class PolicyCostEstimate {
  /** Of all views together: pixels, once for each step, more often where a step looks around. */
  static final long MOST = 1_000_000_000;

  /** Of one picture on the way. */
  private static final long LARGEST = 16_000_000;

  /** Of all views together, as they are sent. */
  private static final long MOST_SENT = 8_000_000;

  private static final String KERNEL = "kernel_size";

  private long pixels;

  private PolicyCostEstimate() {}

  /**
   * Passes what can be done in a few seconds.
   *
   * @param topic that seeds are made from, as for the views themselves
   * @param image its size
   * @throws InvalidPlaygroundRequestException naming the limit
   */
  static void requireWithinLimits(Policy policy, String topic, ImageSize image)
      throws InvalidPlaygroundRequestException {
    ImageSize output = policy.output().size();
    long sent = (long) policy.views() * output.height() * output.width();
    if (sent > MOST_SENT) {
      throw refused(
          "%d views of %d x %d are %,d pixels, more than %,d: ask for fewer views or a smaller"
              + " output",
          policy.views(), output.height(), output.width(), sent, MOST_SENT);
    }
    PolicyCostEstimate effort = new PolicyCostEstimate();
    for (int index = 0; index < policy.views(); index++) {
      long seed = ViewSeed.of(policy.seed(), topic, 0, 0, index);
      effort.add(index, policy.recipe(index, RandomStream.of(seed), image).steps(), image);
    }
  }

  private static InvalidPlaygroundRequestException refused(String format, Object... values) {
    return new InvalidPlaygroundRequestException(String.format(Locale.ROOT, format, values));
  }

  private void add(int view, List<RecipeStep> steps, ImageSize image)
      throws InvalidPlaygroundRequestException {
    ViewTransform frame = ViewTransform.of(image);
    for (RecipeStep step : steps) {
      Optional<GeometricOperation> geometry = GeometricOperation.named(step.name());
      if (geometry.isPresent()) {
        frame = geometry.get().apply(frame, step);
      }
      long area = (long) frame.size().height() * frame.size().width();
      if (area > LARGEST) {
        throw refused(
            "view %d: %s makes %d x %d pixels of the image, more than %,d",
            view, step.name(), frame.size().height(), frame.size().width(), LARGEST);
      }
      pixels += area * (1 + step.values().getOrDefault(KERNEL, 0.0).longValue());
      if (pixels > MOST) {
        throw refused(
            "view %d, %s: the views take more than %,d pixels times steps; use a smaller image,"
                + " fewer views or fewer operations",
            view, step.name(), MOST);
      }
    }
  }
}
