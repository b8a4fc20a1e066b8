package io.stillstream.trainer.training.example;

/**
 * Which view of which image an example is.
 *
 * @param image number of its image; 0 if it is not known
 * @param partner the same for the image that is mixed in; 0 if none is
 * @param index of the view among those of its image, from 0; the original is 0
 * @param views of the image; 0 if it is not known, as after a restart
 * @param share of its image in a mixed view, 0 to 1; 1 if none is mixed in; NaN if it is not known,
 *     as after a restart where a label says it
 */
public record ViewIdentity(long image, long partner, int index, int views, float share) {
  /** An example of which nothing is known. */
  public static final ViewIdentity UNKNOWN = new ViewIdentity(0, 0, 0, 0);

  /** A view of which it is not known how much of it a partner has, if it has one. */
  public ViewIdentity(long image, long partner, int index, int views) {
    this(image, partner, index, views, partner == 0 ? 1 : Float.NaN);
  }

  /** A view of a known image, with unknown siblings. */
  public static ViewIdentity of(long image, long partner) {
    return new ViewIdentity(image, partner, 0, 0);
  }

  /** The same where it is known how much of a mixed view is its image. */
  static ViewIdentity of(long image, long partner, float share) {
    return new ViewIdentity(image, partner, 0, 0, share);
  }
}
