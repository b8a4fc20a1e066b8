package io.stillstream.augmenter.topology;

import io.stillstream.augmenter.fetch.ObjectReference;
import io.stillstream.augmenter.fetch.ObjectRejection;
import io.stillstream.augmenter.fetch.RejectedObjectException;
import io.stillstream.augmenter.fetch.prefetch.FetchedObject;
import io.stillstream.augmenter.image.MaskedImage;
import io.stillstream.augmenter.image.MixPartner;
import io.stillstream.augmenter.image.RenderedView;
import io.stillstream.augmenter.image.ViewGenerator;
import io.stillstream.augmenter.image.decode.RejectedImageException;
import io.stillstream.augmenter.image.decode.RejectionReason;
import io.stillstream.augmenter.mapping.ImageSourceMapper;
import io.stillstream.augmenter.mapping.ObjectReferenceMapper;
import io.stillstream.augmenter.mapping.ViewRecordMapper;
import io.stillstream.augmenter.policy.ViewSeed;
import io.stillstream.augmenter.random.RandomStream;
import io.stillstream.augmenter.store.RecentImage;
import io.stillstream.augmenter.store.RecentImageBuffer;
import io.stillstream.runtime.records.BadRecordException;
import io.stillstream.runtime.records.RecordCoordinates;
import io.stillstream.runtime.records.RecordValueDeserializer;
import io.stillstream.runtime.records.TraceContext;
import io.stillstream.runtime.records.UnexpectedFailurePolicy;
import io.stillstream.schemas.AugmentedView;
import io.stillstream.schemas.ImageEvent;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Stream;
import org.apache.kafka.common.header.Headers;

/**
 * Turns the bytes of an image event into the bytes of all its views. For one thread; owns native
 * memory, but neither deserializer nor serializer.
 */
public final class RecordAugmenter implements AutoCloseable {
  /** Reason: a view, with its key, is larger than producer or topic allow. */
  static final String TOO_LARGE = "too_large";

  /**
   * Upper bound of what the wire format adds to key and value of a single record, headers of origin
   * and trace included, bytes.
   */
  private static final int RECORD_OVERHEAD = 1024 + TraceContext.MAX_BYTES;

  private final RecordAugmenterFactory shared;
  private final ViewGenerator generator;
  private final ViewRecordMapper mapper;

  /**
   * @param shared what all augmenters have in common
   */
  RecordAugmenter(RecordAugmenterFactory shared) {
    this.shared = shared;
    this.generator = new ViewGenerator(shared.policy(), shared.maxPixels());
    this.mapper = new ViewRecordMapper(shared.policy());
  }

  /** All reasons for which an image event can be rejected. */
  public static List<String> reasons() {
    return Stream.of(
            Stream.of(RejectionReason.values()).map(RejectionReason::tag),
            RecordValueDeserializer.REASONS.stream(),
            Stream.of(ObjectRejection.values()).map(ObjectRejection::tag),
            Stream.of(
                ObjectReferenceMapper.BAD_REFERENCE, TOO_LARGE, UnexpectedFailurePolicy.REASON))
        .flatMap(Function.identity())
        .distinct()
        .toList();
  }

  /**
   * The views of one image.
   *
   * @param key of all their records
   * @param values one per view
   * @param mixed number of views with a second image
   * @param image the image itself, which later images may be mixed with
   * @param capturedAt of the image
   */
  @SuppressWarnings("ArrayRecordComponent") // created here, read once
  record SerializedViews(
      byte[] key, List<byte[]> values, int mixed, RecentImage image, Instant capturedAt) {}

  /**
   * Generates and serializes all views of one record.
   *
   * @param at coordinates of the record
   * @param origin coordinates of the record that it replays, or its own; lineage and seeds depend
   *     on them
   * @param recent images that may be mixed in; empty if the policy mixes none
   * @throws BadRecordException if this record can never become views
   * @throws io.stillstream.schemas.registry.RegistryUnavailableException if the registry was
   *     unavailable for too long
   * @throws io.stillstream.augmenter.fetch.UnavailableObjectException if the store of its object
   *     was unavailable for too long
   */
  SerializedViews augment(
      RecordCoordinates at,
      Headers headers,
      byte[] value,
      RecordCoordinates origin,
      Optional<RecentImageBuffer> recent) {
    ImageEvent event =
        shared
            .registryRetry()
            .call(() -> shared.serdes().images().deserialize(at.topic(), headers, value));
    Optional<FetchedObject> object =
        ObjectReferenceMapper.toReference(event).map(reference -> fetch(at, reference));
    byte[] key = event.getImageId().getBytes(StandardCharsets.UTF_8);
    Instant now = shared.clock().instant();
    MaskedImage image =
        ImageSourceMapper.toMaskedImage(
            event, object.map(one -> ByteBuffer.wrap(one.bytes())).orElseGet(event::getPayload));
    String sha256 = object.map(FetchedObject::sha256).orElse(null);
    RecentImage partner = recent.map(images -> choosePartner(origin, images)).orElse(null);
    List<byte[]> values = new ArrayList<>();
    int mixed = 0;
    for (RenderedView view : generate(image, origin, partner)) {
      mixed += view.recipe().mix() == null ? 0 : 1;
      values.add(serialize(key, mapper.toAvro(event, sha256, origin, view, partner, now)));
    }
    return new SerializedViews(
        key,
        values,
        mixed,
        new RecentImage(at, event.getImageId(), event.getLabel(), image),
        event.getCapturedAt());
  }

  private FetchedObject fetch(RecordCoordinates at, ObjectReference reference) {
    try {
      return shared.storeRetry().call(() -> shared.objects().fetch(at, reference));
    } catch (RejectedObjectException e) {
      throw new BadRecordException(e.reason().tag(), e.getMessage(), e);
    }
  }

  /** The one image that all views of an image are mixed with; null if there is none. */
  private RecentImage choosePartner(RecordCoordinates origin, RecentImageBuffer recent) {
    if (recent.count() == 0) {
      return null;
    }
    long seed =
        ViewSeed.of(shared.policy().seed(), origin.topic(), origin.partition(), origin.offset(), 0);
    return recent.get(shared.policy().partnerIndex(RandomStream.of(seed), recent.count()));
  }

  private List<RenderedView> generate(
      MaskedImage image, RecordCoordinates origin, RecentImage partner) {
    try {
      return generator.generate(
          image,
          origin.topic(),
          origin.partition(),
          origin.offset(),
          partner == null ? null : new MixPartner(partner.image(), partner.coordinates()));
    } catch (RejectedImageException e) {
      throw new BadRecordException(e.reason().tag(), e.getMessage(), e);
    }
  }

  private byte[] serialize(byte[] key, AugmentedView view) {
    byte[] bytes =
        shared
            .registryRetry()
            .call(() -> shared.serdes().views().serialize(shared.viewsTopic(), view));
    long size = (long) key.length + bytes.length + RECORD_OVERHEAD;
    if (size > shared.maxBytes()) {
      throw new BadRecordException(
          TOO_LARGE,
          "a view takes " + size + " bytes, at most " + shared.maxBytes() + " can be sent");
    }
    return bytes;
  }

  @Override
  public void close() {
    generator.close();
  }
}
