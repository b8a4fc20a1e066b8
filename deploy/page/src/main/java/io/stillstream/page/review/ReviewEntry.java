package io.stillstream.page.review;

import com.fasterxml.jackson.annotation.JsonIgnore;
import io.stillstream.schemas.ReviewRequest;
import io.stillstream.schemas.image.ImageFileHeader;
import io.stillstream.schemas.image.ImageFormat;
import io.stillstream.schemas.image.InvalidImageException;
import io.stillstream.schemas.image.PngDataUrl;
import io.stillstream.schemas.values.ByteArrays;
import io.stillstream.schemas.values.PayloadAddress;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * An image to label, as the page takes it; its size is bounded, whatever the record holds.
 *
 * @param forStudent whose request it is
 * @param reason {@code disagreement}, {@code unsure_teacher}, {@code unsure_student} or {@code
 *     unknown}
 * @param priority 0 to 1
 * @param teacher most probable class first
 * @param student most probable class first
 * @param address where the image is, without what may be secret; null where it has none
 * @param thumbnail {@code data:} URL; null where there is none
 * @param time of the request, milliseconds since the epoch
 */
record ReviewEntry(
    String imageId,
    @JsonIgnore String forStudent,
    String reason,
    double priority,
    List<ReviewChoice> teacher,
    List<ReviewChoice> student,
    String address,
    String thumbnail,
    long time) {
  private static final int LONGEST_ID = 4_000;
  private static final int LARGEST_THUMBNAIL = 128 * 1024;
  private static final int LONGEST_SIDE = 128;

  /** Empty for an image whose id is too long to be labelled on the page. */
  static Optional<ReviewEntry> of(ReviewRequest request) {
    String id = request.getImageId();
    if (id.isBlank() || id.length() > LONGEST_ID) {
      return Optional.empty();
    }
    return Optional.of(
        new ReviewEntry(
            id,
            request.getStudent(),
            request.getReason().name().toLowerCase(Locale.ROOT),
            ReviewChoice.share(request.getPriority()),
            ReviewChoice.of(request.getTeacherTop()),
            ReviewChoice.of(request.getStudentTop()),
            PayloadAddress.shown(request.getPayloadUri()),
            thumbnail(request.getThumbnail()),
            request.getRequestedAt().toEpochMilli()));
  }

  /**
   * Only what the record's schema allows: browsers must not decode a small file to a huge image.
   */
  private static String thumbnail(ByteBuffer png) {
    if (png == null || png.remaining() > LARGEST_THUMBNAIL) {
      return null;
    }
    try {
      ImageFileHeader header = ImageFileHeader.of(png);
      boolean small = header.height() <= LONGEST_SIDE && header.width() <= LONGEST_SIDE;
      return header.format() == ImageFormat.PNG && small
          ? PngDataUrl.url(ByteArrays.copyOf(png))
          : null;
    } catch (InvalidImageException e) {
      return null;
    }
  }
}
