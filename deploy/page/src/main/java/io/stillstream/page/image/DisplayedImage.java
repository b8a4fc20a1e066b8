package io.stillstream.page.image;

import io.stillstream.page.trainer.ClassProbability;
import java.util.List;

/**
 * An image with its views, as the page takes it.
 *
 * @param label name of its class; null if unknown
 * @param time when it was captured, milliseconds since the epoch
 * @param raw {@code data:} URL; null if the record is gone or no picture can be made of it
 */
public record DisplayedImage(
    String imageId, String label, long time, String raw, List<DisplayedView> views) {
  /**
   * One view.
   *
   * @param png {@code data:} URL
   * @param teacher the three classes that it finds most probable; null if it was not asked
   * @param student the same of the champion; null before the first release
   */
  record DisplayedView(
      int index,
      String recipe,
      String png,
      List<ClassProbability> teacher,
      List<ClassProbability> student) {}
}
