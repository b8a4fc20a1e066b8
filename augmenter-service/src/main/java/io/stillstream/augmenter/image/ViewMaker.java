package io.stillstream.augmenter.image;

import io.stillstream.augmenter.policy.Policy;
import io.stillstream.augmenter.policy.Recipe;
import io.stillstream.augmenter.policy.Size;
import io.stillstream.augmenter.policy.SplitMix64;
import io.stillstream.augmenter.policy.ViewSeed;
import java.util.ArrayList;
import java.util.List;
import org.bytedeco.opencv.global.opencv_core;
import org.bytedeco.opencv.opencv_core.Mat;

/**
 * Makes all views of an image under a policy: one decode, one interpolation per view. The result
 * depends on the policy, the source and the origin coordinates alone. Owns native memory, which it
 * uses again for the next image; for one thread.
 */
public final class ViewMaker implements AutoCloseable {
  /**
   * Native memory kept between images, bytes per buffer: a 12 MP photograph should not stay for
   * ever.
   */
  private static final long KEPT = 16L << 20;

  private final Policy policy;
  private final Decoder decoder;
  private final Warp warp = new Warp();

  /**
   * @param maxPixels largest height × width that is decoded
   */
  public ViewMaker(Policy policy, long maxPixels) {
    this.policy = policy;
    // The stream thread is the unit of parallelism; OpenCV's own pool would fight with it.
    opencv_core.setNumThreads(1);
    decoder = new Decoder(policy.output().channels(), maxPixels);
  }

  /**
   * Makes the views of the image that first stood at the given coordinates.
   *
   * @return as many as the policy has, in order of their index
   * @throws RejectedImageException if the image cannot be decoded
   */
  public List<View> make(Source source, String topic, int partition, long offset) {
    Mat image = open(source);
    Size size = new Size(image.rows(), image.cols());
    List<View> views = new ArrayList<>(policy.views());
    for (int index = 0; index < policy.views(); index++) {
      long seed = ViewSeed.of(policy.seed(), topic, partition, offset, index);
      Recipe recipe = policy.recipe(index, new SplitMix64(seed), size);
      views.add(new View(index, seed, recipe, warp.render(image, recipe.frame(size))));
    }
    return views;
  }

  /**
   * Makes one view again from its recipe.
   *
   * @return the same bytes as those of the view that the recipe came with
   * @throws RejectedImageException if the image cannot be decoded
   * @throws IllegalArgumentException if the recipe names what is not known
   */
  public byte[] replay(Source source, Recipe recipe) {
    Mat image = open(source);
    return warp.render(image, recipe.frame(new Size(image.rows(), image.cols())));
  }

  private Mat open(Source source) {
    decoder.shrink(KEPT);
    warp.imageChanged();
    return decoder.decode(source);
  }

  @Override
  public void close() {
    warp.close();
    decoder.close();
  }
}
