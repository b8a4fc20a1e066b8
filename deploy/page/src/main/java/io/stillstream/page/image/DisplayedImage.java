package io.stillstream.page.image;

import io.stillstream.page.trainer.ClassProbability;
import java.util.List;

/**
 * An image with its views, as the page takes it.
 *
 * @param label name of its class; null if unknown
 * @param time when it was captured, milliseconds since the epoch
 * @param raw {@code data:} URL; null if the record is gone, or has its image by reference, or no
 *     picture can be made of it
 * @param uri where the image is, without what may be secret; null if it is not by reference
 */
public record DisplayedImage(
    String imageId, String label, long time, String raw, String uri, List<DisplayedView> views) {
  /**
   * One view.
   *
   * @param png {@code data:} URL
   * @param teacher the three classes that it finds most probable; null if it was not asked, and for
   *     other tasks
   * @param student the same of the champion; null before the first release, and for other tasks
   * @param truthMask null if there is none
   * @param teacherMask null if the teacher did not answer with one
   * @param studentMask null if the champion did not answer with one
   * @param cosine between the embeddings of teacher and champion, -1 to 1; null if one is missing
   */
  record DisplayedView(
      int index,
      String recipe,
      String png,
      List<ClassProbability> teacher,
      List<ClassProbability> student,
      DisplayedMask truthMask,
      DisplayedMask teacherMask,
      DisplayedMask studentMask,
      Double cosine) {}

  /**
   * A mask over its view.
   *
   * @param png {@code data:} URL
   * @param shares the three classes with most pixels
   */
  record DisplayedMask(String png, List<ClassProbability> shares) {}
}
