package io.stillstream.trainer.training.example;

/**
 * Which view of which image an example is.
 *
 * @param image number of its image; 0 if it is not known
 * @param partner the same for the image that is mixed in; 0 if none is
 * @param index of the view among those of its image, from 0; the original is 0
 * @param views of the image; 0 if it is not known, as after a restart
 */
public record ViewIdentity(long image, long partner, int index, int views) {
  /** An example of which nothing is known. */
  public static final ViewIdentity UNKNOWN = new ViewIdentity(0, 0, 0, 0);

  /** A view of a known image, with unknown siblings. */
  public static ViewIdentity of(long image, long partner) {
    return new ViewIdentity(image, partner, 0, 0);
  }
}
