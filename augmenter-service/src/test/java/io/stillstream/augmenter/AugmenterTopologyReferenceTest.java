package io.stillstream.augmenter;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.stillstream.augmenter.config.AugmenterConfig.AugmenterTopics;
import io.stillstream.augmenter.fetch.FakeObjectSource;
import io.stillstream.augmenter.fetch.ObjectRejection;
import io.stillstream.augmenter.fetch.RejectedObjectException;
import io.stillstream.augmenter.fetch.UnavailableObjectException;
import io.stillstream.augmenter.fetch.prefetch.DirectObjectFetcher;
import io.stillstream.augmenter.image.TestImages;
import io.stillstream.augmenter.image.TestMasks;
import io.stillstream.augmenter.mapping.ImageSourceMapper;
import io.stillstream.augmenter.metrics.AugmenterMetrics;
import io.stillstream.augmenter.metrics.MicrometerAugmenterMetrics;
import io.stillstream.augmenter.policy.PolicyYaml;
import io.stillstream.augmenter.store.RecentImageLimits;
import io.stillstream.augmenter.store.RecentImageStore;
import io.stillstream.augmenter.topology.RecordAugmenter;
import io.stillstream.embedded.registry.DevelopmentRegistry;
import io.stillstream.runtime.records.DeadLetterFactory;
import io.stillstream.runtime.records.UnexpectedFailurePolicy;
import io.stillstream.schemas.AugmentedView;
import io.stillstream.schemas.ImageEvent;
import io.stillstream.schemas.RawShape;
import io.stillstream.schemas.values.Sha256;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Clock;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.streams.TestInputTopic;
import org.apache.kafka.streams.TestOutputTopic;
import org.apache.kafka.streams.TopologyTestDriver;
import org.apache.kafka.streams.test.TestRecord;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Images by reference; the policy mixes, so that all that is done with an image is done. */
final class AugmenterTopologyReferenceTest {
  private static final AugmenterTopics TOPICS =
      new AugmenterTopics("", "images", TestAugmenters.VIEWS, "dead-letters");
  private static final Clock CLOCK = Clock.fixed(TestRecordCodec.CAPTURED, ZoneOffset.UTC);
  private static final String URI = "s3://pictures/a.png";
  private static final byte[] FILE = TestImages.file(TestImages.picture(30, 40, 1), "png");

  private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
  private final FakeObjectSource source = new FakeObjectSource().put(URI, FILE);
  private DevelopmentRegistry registry;
  private TestRecordCodec wire;
  private TestAugmenters augmenters;
  private TopologyTestDriver driver;
  private TestInputTopic<byte[], byte[]> images;
  private TestOutputTopic<byte[], byte[]> views;
  private TestOutputTopic<byte[], byte[]> deadLetters;

  @BeforeEach
  void start(@TempDir Path directory) {
    registry = DevelopmentRegistry.start(directory.resolve("registry.json"), 0);
    Map<String, String> kafka =
        Map.of(
            "bootstrap.servers", "localhost:1", "schema.registry.url", registry.url().toString());
    wire = new TestRecordCodec(kafka);
    AugmenterMetrics metrics = new MicrometerAugmenterMetrics(meters, RecordAugmenter.reasons());
    augmenters =
        new TestAugmenters(
            PolicyYaml.policy(
                """
                views: 2
                output: {height: 12, width: 12, channels: 1}
                operations: [horizontal_flip, {mixup: {alpha: 8}}]
                """),
            kafka,
            new DirectObjectFetcher(source),
            meters,
            metrics,
            CLOCK);
    driver =
        new TopologyTestDriver(
            AugmenterTopology.of(
                TOPICS,
                augmenters.factory(),
                Optional.of(RecentImageStore.of(new RecentImageLimits(50_000, 2, 20_000), kafka)),
                new DeadLetterFactory(
                    TOPICS.deadLetters(), "augmenter", meters, TestAugmenters.MAX_BYTES),
                new UnexpectedFailurePolicy(0),
                metrics,
                CLOCK),
            new Properties());
    ByteArraySerializer serializer = new ByteArraySerializer();
    ByteArrayDeserializer deserializer = new ByteArrayDeserializer();
    images = driver.createInputTopic(TOPICS.images(), serializer, serializer);
    views = driver.createOutputTopic(TOPICS.views(), deserializer, deserializer);
    deadLetters = driver.createOutputTopic(TOPICS.deadLetters(), deserializer, deserializer);
  }

  @AfterEach
  void stop() {
    driver.close();
    augmenters.close();
    registry.close();
  }

  @Test
  void shouldMakeTheViewsThatAnImageByValueWouldHave(@TempDir Path second) {
    // given: an image with a mask, and one to mix in
    ByteBuffer mask = TestMasks.png(TestMasks.random(30, 40, 1));
    ImageEvent reference = TestRecordCodec.referenceEvent("a", URI, null);
    reference.setMask(mask);
    ImageEvent value = TestRecordCodec.event("a", FILE, 1);
    value.setMask(mask);

    // when: the second view of each pair is mixed with the image before
    send(reference);
    send(reference);
    List<AugmentedView> byReference = readViews();
    stop();
    start(second);
    send(value);
    send(value);
    List<AugmentedView> byValue = readViews();

    // then: they differ in their lineage only
    assertThat(byReference).hasSize(4);
    assertThat(byReference.get(3).getRecipe().getMix()).isNotNull();
    assertThat(byReference)
        .allSatisfy(
            view -> {
              assertThat(view.getLineage().getPayloadUri()).isEqualTo(URI);
              assertThat(view.getLineage().getPayloadSha256()).isEqualTo(Sha256.hex(FILE));
              view.getLineage().setPayloadUri(null);
              view.getLineage().setPayloadSha256(null);
            });
    assertThat(byValue).isEqualTo(byReference);
  }

  @Test
  void shouldTakeTheHashFromTheEventIfItHasOne() {
    // when
    send(TestRecordCodec.referenceEvent("a", URI, FILE));

    // then
    assertThat(readViews())
        .hasSize(2)
        .allSatisfy(
            view -> assertThat(view.getLineage().getPayloadSha256()).isEqualTo(Sha256.hex(FILE)));
    assertThat(deadLetters.isEmpty()).isTrue();
  }

  @Test
  void shouldMixInAnImageWhoseObjectIsGone() {
    // given
    send(TestRecordCodec.referenceEvent("a", URI, FILE));
    source.remove(URI);
    readViews();

    // when
    send(TestRecordCodec.event("b", FILE, 1));

    // then
    assertThat(readViews().get(1).getRecipe().getMix().getPartnerImageId()).isEqualTo("a");
  }

  @Test
  void shouldReadRawPixelsByReference() {
    // given
    byte[] pixels = new byte[12 * 12];
    pixels[7] = 99;
    source.put("file:///pixels", pixels);
    ImageEvent event = TestRecordCodec.referenceEvent("raw", "file:///pixels", pixels);
    event.setContentType(ImageSourceMapper.RAW_PIXELS);
    event.setRawShape(new RawShape(12, 12, 1));

    // when
    send(event);

    // then
    assertThat(readViews().get(0).getPixels()).isEqualTo(ByteBuffer.wrap(pixels));
  }

  @Test
  void shouldWriteADeadLetterForEachObjectThatCannotBeUsed() {
    // given
    source.put("s3://pictures/empty", new byte[0]);
    source.put("s3://pictures/text", "GARBAGE".getBytes(UTF_8));
    for (ObjectRejection reason : ObjectRejection.values()) {
      source.fail(
          "s3://pictures/" + reason.tag(), new RejectedObjectException(reason, "not this one"));
    }

    // when
    List<String> names =
        List.of("absent", "empty", "text", "not_found", "changed", "too_large", "not_allowed");
    for (String name : names) {
      send(TestRecordCodec.referenceEvent(name, "s3://pictures/" + name, null));
    }
    send(TestRecordCodec.referenceEvent("other", URI, "other".getBytes(UTF_8)));
    send(TestRecordCodec.referenceEvent("good", URI, FILE));

    // then
    assertThat(deadLetters.readRecordsToList())
        .extracting(letter -> text(letter.key()) + " " + reason(letter))
        .containsExactly(
            "absent not_found",
            "empty empty",
            "text unknown_format",
            "not_found not_found",
            "changed changed",
            "too_large too_large",
            "not_allowed not_allowed",
            "other changed");
    assertThat(readViews()).extracting(view -> view.getLineage().getImageId()).containsOnly("good");
    assertThat(meters.counter("augmenter.rejected", "reason", "not_found").count()).isEqualTo(2);
  }

  @Test
  void shouldWriteADeadLetterForAMalformedReference() {
    // given
    ImageEvent both = TestRecordCodec.referenceEvent("both", URI, FILE);
    both.setPayload(ByteBuffer.wrap(FILE));
    ImageEvent neither = TestRecordCodec.referenceEvent("neither", null, null);
    ImageEvent negative = TestRecordCodec.referenceEvent("negative", URI, FILE);
    negative.setPayloadSize(-5L);
    ImageEvent noHash = TestRecordCodec.referenceEvent("no-hash", URI, FILE);
    noHash.setPayloadSha256("abc");

    // when
    send(both);
    send(neither);
    send(negative);
    send(noHash);
    send(TestRecordCodec.referenceEvent("relative", "a.png", FILE));

    // then: no source was asked
    assertThat(deadLetters.readRecordsToList())
        .extracting(letter -> text(letter.key()) + " " + reason(letter))
        .containsExactly(
            "both bad_reference",
            "neither empty",
            "negative bad_reference",
            "no-hash bad_reference",
            "relative bad_reference");
    assertThat(views.isEmpty()).isTrue();
    assertThat(source.begun()).isEmpty();
  }

  @Test
  void shouldWaitForAnAbsentStore() {
    // given
    source.setAway(true);

    // when
    CompletableFuture<Void> turn =
        CompletableFuture.runAsync(() -> send(TestRecordCodec.referenceEvent("a", URI, FILE)));
    await().until(() -> meters.get("augmenter.store.waiting").gauge().value() == 1);
    source.setAway(false);
    turn.join();

    // then
    assertThat(readViews()).hasSize(2);
    assertThat(deadLetters.isEmpty()).isTrue();
    assertThat(meters.get("augmenter.store.waiting").gauge().value()).isZero();
  }

  @Test
  void shouldFailTheThreadAfterALongOutageAndWriteNoDeadLetter() {
    // given
    source.setAway(true);

    // then
    assertThatThrownBy(() -> send(TestRecordCodec.referenceEvent("a", URI, FILE)))
        .hasRootCauseInstanceOf(UnavailableObjectException.class);
    assertThat(deadLetters.isEmpty()).isTrue();
    assertThat(views.isEmpty()).isTrue();
  }

  private void send(ImageEvent event) {
    images.pipeInput(event.getImageId().getBytes(UTF_8), wire.image(TOPICS.images(), event));
  }

  private List<AugmentedView> readViews() {
    return views.readValuesToList().stream()
        .map(value -> wire.view(TOPICS.views(), value))
        .toList();
  }

  private static String reason(TestRecord<byte[], byte[]> letter) {
    return text(letter.headers().lastHeader("stillstream.reason").value());
  }

  private static String text(byte[] utf8) {
    return new String(utf8, UTF_8);
  }
}
