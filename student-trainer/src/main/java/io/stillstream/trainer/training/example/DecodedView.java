package io.stillstream.trainer.training.example;

import io.stillstream.schemas.answer.SegmentationMask;
import io.stillstream.schemas.image.MaskCodec;
import java.nio.ByteBuffer;

/**
 * What is decoded of a view while it waits for its batch; each part may be missing.
 *
 * @param pixels [H, W, C], not mirrored; or null
 * @param mask not mirrored; or null
 * @param row of the teacher's answer, see {@link PackedAnswer#row}; or null
 */
@SuppressWarnings("ArrayRecordComponent") // made once for a view, then only read
record DecodedView(byte[] pixels, SegmentationMask mask, float[] row) {
  /** Nothing is decoded. */
  static final DecodedView NONE = new DecodedView(null, null, null);

  /** The mask in a PNG file of the view. */
  SegmentationMask mask(byte[] file) {
    return mask == null ? MaskCodec.decode(ByteBuffer.wrap(file)) : mask;
  }

  /** The same for a view that has got another mask. */
  DecodedView withoutMask() {
    return mask == null ? this : new DecodedView(pixels, null, row);
  }

  /** The row of the view's answer. */
  float[] row(PackedAnswer answer) {
    return row == null ? answer.row() : row;
  }
}
