package io.stillstream.augmenter.topology;

import io.stillstream.augmenter.image.MixPartner;
import io.stillstream.augmenter.image.RenderedView;
import io.stillstream.augmenter.image.ViewGenerator;
import io.stillstream.augmenter.image.decode.ImageSource;
import io.stillstream.augmenter.image.decode.RejectedImageException;
import io.stillstream.augmenter.image.decode.RejectionReason;
import io.stillstream.augmenter.mapping.ImageSourceMapper;
import io.stillstream.augmenter.mapping.ViewRecordMapper;
import io.stillstream.augmenter.policy.Policy;
import io.stillstream.augmenter.policy.ViewSeed;
import io.stillstream.augmenter.random.RandomStream;
import io.stillstream.augmenter.store.RecentImage;
import io.stillstream.augmenter.store.RecentImageBuffer;
import io.stillstream.runtime.records.BadRecordException;
import io.stillstream.runtime.records.RecordCoordinates;
import io.stillstream.runtime.records.RecordValueDeserializer;
import io.stillstream.runtime.records.RecordValueSerializer;
import io.stillstream.runtime.records.TraceContext;
import io.stillstream.runtime.records.UnexpectedFailurePolicy;
import io.stillstream.schemas.AugmentedView;
import io.stillstream.schemas.ImageEvent;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Stream;
import org.apache.kafka.common.header.Headers;

/**
 * From the bytes of an image event to the bytes of all its views, done before anything is
 * forwarded. For one thread; owns native memory, but neither reader nor writer.
 */
public final class RecordAugmenter implements AutoCloseable {
  /** Reason: a view, with its key, is larger than producer or topic let through. */
  static final String TOO_LARGE = "too_large";

  /**
   * Upper bound of what the wire format adds to key and value of a lone record, headers of origin
   * and trace included.
   */
  private static final int RECORD_OVERHEAD = 1024 + TraceContext.MAX_BYTES;

  private final Policy policy;
  private final ViewGenerator maker;
  private final ViewRecordMapper records;
  private final RecordValueDeserializer<ImageEvent> reader;
  private final RecordValueSerializer<AugmentedView> writer;
  private final RegistryRetry patience;
  private final String viewsTopic;
  private final int maxBytes;
  private final Clock clock;

  /**
   * @param maxBytes largest record that producer and topic let through
   */
  RecordAugmenter(
      Policy policy,
      long maxPixels,
      RecordValueDeserializer<ImageEvent> reader,
      RecordValueSerializer<AugmentedView> writer,
      RegistryRetry patience,
      String viewsTopic,
      int maxBytes,
      Clock clock) {
    this.policy = policy;
    this.maker = new ViewGenerator(policy, maxPixels);
    this.records = new ViewRecordMapper(policy);
    this.reader = reader;
    this.writer = writer;
    this.patience = patience;
    this.viewsTopic = viewsTopic;
    this.maxBytes = maxBytes;
    this.clock = clock;
  }

  /** All reasons for which an image event can be refused. */
  public static List<String> reasons() {
    return Stream.of(
            Stream.of(RejectionReason.values()).map(RejectionReason::tag),
            RecordValueDeserializer.REASONS.stream(),
            Stream.of(TOO_LARGE, UnexpectedFailurePolicy.REASON))
        .flatMap(Function.identity())
        .distinct()
        .toList();
  }

  /**
   * The views of one image.
   *
   * @param key of all their records
   * @param values the records' bytes
   * @param mixed how many of them hold a second image
   * @param image the image, for later ones to mix in
   * @param capturedAt of the image
   */
  @SuppressWarnings("ArrayRecordComponent") // made here, read once
  record SerializedViews(
      byte[] key, List<byte[]> values, int mixed, RecentImage image, Instant capturedAt) {}

  /**
   * Makes and serialises all views of one record.
   *
   * @param at where the record stands
   * @param origin where the record stood first; lineage and seeds rest on it
   * @param recent images that may be mixed in; empty if the policy mixes none
   * @throws BadRecordException if this record can never become views
   * @throws io.stillstream.schemas.registry.RegistryUnavailableException if the registry stayed
   *     away for too long
   */
  SerializedViews augment(
      RecordCoordinates at,
      Headers headers,
      byte[] value,
      RecordCoordinates origin,
      Optional<RecentImageBuffer> recent) {
    ImageEvent event = patience.call(() -> reader.deserialize(at.topic(), headers, value));
    byte[] key = event.getImageId().getBytes(StandardCharsets.UTF_8);
    Instant now = clock.instant();
    List<byte[]> values = new ArrayList<>();
    int mixed = 0;
    ImageSource source = ImageSourceMapper.toSource(event);
    RecentImage partner = recent.map(images -> partner(origin, images)).orElse(null);
    for (RenderedView view : views(source, origin, partner)) {
      AugmentedView record = records.toAvro(event, origin, view, partner, now);
      mixed += view.recipe().mix() == null ? 0 : 1;
      byte[] bytes = patience.call(() -> writer.serialize(viewsTopic, record));
      long size = (long) key.length + bytes.length + RECORD_OVERHEAD;
      if (size > maxBytes) {
        throw new BadRecordException(
            TOO_LARGE, "a view takes " + size + " bytes, at most " + maxBytes + " can be sent");
      }
      values.add(bytes);
    }
    return new SerializedViews(
        key,
        values,
        mixed,
        new RecentImage(at, event.getImageId(), event.getLabel(), source),
        event.getCapturedAt());
  }

  /** The one image that all views of an image are mixed with; null if there is none. */
  private RecentImage partner(RecordCoordinates origin, RecentImageBuffer recent) {
    if (recent.count() == 0) {
      return null;
    }
    long seed = ViewSeed.of(policy.seed(), origin.topic(), origin.partition(), origin.offset(), 0);
    return recent.get(policy.partnerIndex(RandomStream.of(seed), recent.count()));
  }

  private List<RenderedView> views(
      ImageSource source, RecordCoordinates origin, RecentImage partner) {
    try {
      return maker.generate(
          source,
          origin.topic(),
          origin.partition(),
          origin.offset(),
          partner == null ? null : new MixPartner(partner.source(), partner.coordinates()));
    } catch (RejectedImageException e) {
      throw new BadRecordException(e.reason().tag(), e.getMessage(), e);
    }
  }

  @Override
  public void close() {
    maker.close();
  }
}
