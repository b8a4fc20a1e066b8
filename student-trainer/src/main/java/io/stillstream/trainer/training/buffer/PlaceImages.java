package io.stillstream.trainer.training.buffer;

import io.stillstream.trainer.training.example.TrainingExample;
import java.util.Arrays;

/**
 * Which images the view at each place shows, so that the views of one image are found without a
 * look at all views: 16 bytes a place, which are read one after another.
 */
final class PlaceImages {
  private long[] images = new long[16];
  private long[] partners = new long[16];

  void put(int place, TrainingExample view) {
    if (place >= images.length) {
      images = Arrays.copyOf(images, Math.max(place + 1, 2 * images.length));
      partners = Arrays.copyOf(partners, images.length);
    }
    images[place] = view.image();
    partners[place] = view.partner();
  }

  /** What was at one place is at another now. */
  void move(int from, int to) {
    images[to] = images[from];
    partners[to] = partners[from];
  }

  /**
   * The next place whose view shows an image, alone or mixed with another; −1 if there is none.
   *
   * @param from first place to look at
   * @param to after the last one
   * @param image not 0, which stands for an unknown one
   */
  int next(int from, int to, long image) {
    int end = Math.min(to, images.length);
    for (int place = from; place < end; place++) {
      if (images[place] == image || partners[place] == image) {
        return place;
      }
    }
    return -1;
  }
}
