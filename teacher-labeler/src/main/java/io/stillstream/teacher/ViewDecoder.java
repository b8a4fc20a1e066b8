package io.stillstream.teacher;

import io.stillstream.runtime.BadRecordException;
import io.stillstream.runtime.ModelSpec;
import io.stillstream.runtime.RecordReader;
import io.stillstream.schemas.AugmentedView;
import io.stillstream.schemas.pixels.PixelCodec;
import io.stillstream.schemas.pixels.PixelException;
import io.stillstream.teacher.labels.Answer.Reason;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/** Turns a record of {@code views} into a view and its pixels, as a given teacher takes them. */
final class ViewDecoder {
  private final RecordReader<AugmentedView> reader;
  private final int height;
  private final int width;
  private final int channels;

  ViewDecoder(RecordReader<AugmentedView> reader, ModelSpec teacher) {
    this.reader = reader;
    this.height = teacher.height();
    this.width = teacher.width();
    this.channels = teacher.channels();
  }

  /**
   * Decodes.
   *
   * @throws BadRecordException if it is no view, of another shape, or its pixels are broken
   * @throws io.stillstream.schemas.wire.RegistryUnavailableException if that cannot be told now
   */
  Decoded decode(ConsumerRecord<byte[], byte[]> record) {
    AugmentedView view = reader.read(record.topic(), record.headers(), record.value());
    if (view.getHeight() != height || view.getWidth() != width || view.getChannels() != channels) {
      throw new BadRecordException(
          Reason.SHAPE.tag(),
          "the view is %d x %d x %d, the teacher takes %d x %d x %d"
              .formatted(
                  view.getHeight(), view.getWidth(), view.getChannels(), height, width, channels));
    }
    try {
      return new Decoded(
          view, PixelCodec.decode(view.getEncoding(), height, width, channels, view.getPixels()));
    } catch (PixelException e) {
      throw new BadRecordException(Reason.PIXELS.tag(), e.getMessage(), e);
    }
  }

  /** A view, and its pixels as unsigned bytes in HWC order. */
  static final class Decoded {
    private final AugmentedView view;
    private final byte[] pixels;

    private Decoded(AugmentedView view, byte[] pixels) {
      this.view = view;
      this.pixels = pixels;
    }

    AugmentedView view() {
      return view;
    }

    byte[] pixels() {
      return pixels;
    }
  }
}
