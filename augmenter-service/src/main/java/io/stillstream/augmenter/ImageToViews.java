package io.stillstream.augmenter;

import io.stillstream.augmenter.image.RejectedImageException;
import io.stillstream.augmenter.image.View;
import io.stillstream.augmenter.image.ViewMaker;
import io.stillstream.augmenter.policy.Policy;
import io.stillstream.runtime.BadRecordException;
import io.stillstream.runtime.Coordinates;
import io.stillstream.runtime.RecordReader;
import io.stillstream.runtime.RecordWriter;
import io.stillstream.schemas.AugmentedView;
import io.stillstream.schemas.ImageEvent;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.common.header.Headers;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * From the bytes of an image event to the bytes of all its views: everything that can fail for one
 * record, done before anything is forwarded. For one thread; owns native memory, but neither reader
 * nor writer.
 */
final class ImageToViews implements AutoCloseable {
  /** Reason: a view, with its key, is larger than producer or topic let through. */
  static final String TOO_LARGE = "too_large";

  /** Reason: the program failed on this image in a way that nobody has foreseen. */
  static final String FAILED = "failed";

  /**
   * Upper bound of what the wire format adds to key and value of a lone record, origin headers
   * included.
   */
  private static final int RECORD_OVERHEAD = 1024;

  private static final Logger LOG = LoggerFactory.getLogger(ImageToViews.class);

  private final ViewMaker maker;
  private final ViewRecords records;
  private final RecordReader<ImageEvent> reader;
  private final RecordWriter<AugmentedView> writer;
  private final RegistryPatience patience;
  private final String viewsTopic;
  private final int maxBytes;
  private final Clock clock;

  /**
   * @param maxBytes largest record that producer and topic let through
   */
  ImageToViews(
      Policy policy,
      long maxPixels,
      RecordReader<ImageEvent> reader,
      RecordWriter<AugmentedView> writer,
      RegistryPatience patience,
      String viewsTopic,
      int maxBytes,
      Clock clock) {
    this.maker = new ViewMaker(policy, maxPixels);
    this.records = new ViewRecords(policy);
    this.reader = reader;
    this.writer = writer;
    this.patience = patience;
    this.viewsTopic = viewsTopic;
    this.maxBytes = maxBytes;
    this.clock = clock;
  }

  /** The views of one image, as the records' bytes. */
  @SuppressWarnings("ArrayRecordComponent") // made here, read once
  record Batch(byte[] key, List<byte[]> values, Instant capturedAt) {}

  /**
   * Makes and serialises all views of one record.
   *
   * @param origin where the record stood first; lineage and seeds rest on it
   * @throws BadRecordException if this record can never become views
   * @throws io.stillstream.schemas.wire.RegistryUnavailableException if the registry stayed away
   *     for too long
   */
  Batch convert(String topic, Headers headers, byte[] value, Coordinates origin) {
    ImageEvent event = patience.call(() -> reader.read(topic, headers, value));
    byte[] key = event.getImageId().getBytes(StandardCharsets.UTF_8);
    Instant now = clock.instant();
    List<byte[]> values = new ArrayList<>();
    for (View view : views(event, origin)) {
      AugmentedView record = records.record(event, origin, view, now);
      byte[] bytes = patience.call(() -> writer.write(viewsTopic, record));
      long size = (long) key.length + bytes.length + RECORD_OVERHEAD;
      if (size > maxBytes) {
        throw new BadRecordException(
            TOO_LARGE, "a view takes " + size + " bytes, at most " + maxBytes + " can be sent");
      }
      values.add(bytes);
    }
    return new Batch(key, values, event.getCapturedAt());
  }

  private List<View> views(ImageEvent event, Coordinates origin) {
    try {
      return maker.make(
          ViewRecords.source(event), origin.topic(), origin.partition(), origin.offset());
    } catch (RejectedImageException e) {
      throw new BadRecordException(e.reason().tag(), e.getMessage(), e);
    } catch (BadRecordException e) {
      throw e;
    } catch (RuntimeException | OutOfMemoryError | StackOverflowError e) {
      // Kafka Streams never hands Errors to its handlers: the record would come back for ever.
      // Other Errors (a library
      // that does not link) are no record's fault and end the service.
      LOG.atError().setCause(e).addKeyValue("origin", origin).log("cannot augment an image");
      throw new BadRecordException(FAILED, e.toString(), e);
    }
  }

  @Override
  public void close() {
    maker.close();
  }
}
