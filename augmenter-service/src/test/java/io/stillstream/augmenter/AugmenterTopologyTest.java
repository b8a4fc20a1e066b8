package io.stillstream.augmenter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.stillstream.augmenter.config.AugmenterConfig.AugmenterTopics;
import io.stillstream.augmenter.fetch.FakeObjectSource;
import io.stillstream.augmenter.fetch.prefetch.DirectObjectFetcher;
import io.stillstream.augmenter.image.TestImages;
import io.stillstream.augmenter.image.TestMasks;
import io.stillstream.augmenter.metrics.AugmenterMetrics;
import io.stillstream.augmenter.metrics.MicrometerAugmenterMetrics;
import io.stillstream.augmenter.policy.Policy;
import io.stillstream.augmenter.policy.PolicyYaml;
import io.stillstream.augmenter.policy.ViewSeed;
import io.stillstream.augmenter.topology.RecordAugmenter;
import io.stillstream.embedded.FrozenRecords;
import io.stillstream.embedded.registry.DevelopmentRegistry;
import io.stillstream.runtime.records.DeadLetterFactory;
import io.stillstream.runtime.records.RecordCoordinates;
import io.stillstream.runtime.records.TooManyFailuresException;
import io.stillstream.runtime.records.TraceContext;
import io.stillstream.runtime.records.UnexpectedFailurePolicy;
import io.stillstream.schemas.AugmentedView;
import io.stillstream.schemas.ImageEvent;
import io.stillstream.schemas.Label;
import io.stillstream.schemas.Operation;
import io.stillstream.schemas.PixelEncoding;
import io.stillstream.schemas.answer.SegmentationMask;
import io.stillstream.schemas.image.MaskCodec;
import io.stillstream.schemas.registry.RegistryUnavailableException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
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

final class AugmenterTopologyTest {
  private static final AugmenterTopics TOPICS =
      new AugmenterTopics("", "images", "views", "dead-letters");
  private static final Policy POLICY =
      PolicyYaml.policy(
          """
          seed: 42
          views: 3
          output: {height: 28, width: 28, channels: 1}
          operations: [{rotate: {degrees: 15}}, {translate: {pixels: 2}}]
          """);
  private static final int MAX_BYTES = TestAugmenters.MAX_BYTES;
  private static final Clock CLOCK =
      Clock.fixed(TestRecordCodec.CAPTURED.plusSeconds(3), ZoneOffset.UTC);

  private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
  private final AugmenterMetrics metrics =
      new MicrometerAugmenterMetrics(meters, RecordAugmenter.reasons());
  private final FakeObjectSource objects = new FakeObjectSource();
  private Path registries;
  private DevelopmentRegistry registry;
  private Map<String, String> kafka;
  private TestRecordCodec wire;
  private TestAugmenters augmenters;
  private TopologyTestDriver driver;
  private TestInputTopic<byte[], byte[]> images;
  private TestOutputTopic<byte[], byte[]> views;
  private TestOutputTopic<byte[], byte[]> deadLetters;

  @BeforeEach
  void start(@TempDir Path directory) {
    registries = directory;
    registry = DevelopmentRegistry.start(directory.resolve("registry.json"), 0);
    kafka = Map.of("schema.registry.url", registry.url().toString());
    wire = new TestRecordCodec(kafka);
    open(POLICY);
  }

  @AfterEach
  void stop() {
    driver.close();
    augmenters.close();
    registry.close();
  }

  private void open(Policy policy) {
    open(policy, kafka);
  }

  private void open(Policy policy, Map<String, String> settings) {
    if (driver != null) {
      driver.close();
      augmenters.close();
    }
    augmenters =
        new TestAugmenters(
            policy, settings, new DirectObjectFetcher(objects), meters, metrics, CLOCK);
    start();
  }

  private void start() {
    driver =
        new TopologyTestDriver(
            AugmenterTopology.of(
                TOPICS,
                augmenters.factory(),
                Optional.empty(),
                new DeadLetterFactory(TOPICS.deadLetters(), "augmenter", meters, MAX_BYTES),
                new UnexpectedFailurePolicy(3),
                metrics,
                CLOCK),
            new Properties());
    ByteArraySerializer serializer = new ByteArraySerializer();
    ByteArrayDeserializer deserializer = new ByteArrayDeserializer();
    images = driver.createInputTopic(TOPICS.images(), serializer, serializer);
    views = driver.createOutputTopic(TOPICS.views(), deserializer, deserializer);
    deadLetters = driver.createOutputTopic(TOPICS.deadLetters(), deserializer, deserializer);
  }

  @Test
  void shouldWriteAllViewsOfAnImage() {
    // given
    byte[] file = TestImages.file(TestImages.picture(28, 28, 1), "png");

    // when
    send("a", TestRecordCodec.event("a", file, 7));

    // then
    List<TestRecord<byte[], byte[]>> records = views.readRecordsToList();
    assertThat(records).hasSize(3);
    for (int i = 0; i < 3; i++) {
      AugmentedView view = wire.view(TOPICS.views(), records.get(i).value());
      assertThat(records.get(i).key()).isEqualTo(bytes("a"));
      assertThat(view.getLineage().getOriginTopic()).isEqualTo("images");
      assertThat(view.getLineage().getOriginPartition()).isZero();
      assertThat(view.getLineage().getOriginOffset()).isZero();
      assertThat(view.getLineage().getImageId()).isEqualTo("a");
      assertThat(view.getLineage().getViewIndex()).isEqualTo(i);
      assertThat(view.getLineage().getViewCount()).isEqualTo(3);
      assertThat(view.getLineage().getSeed()).isEqualTo(ViewSeed.of(42, "images", 0, 0, i));
      assertThat(view.getLineage().getPolicyHash()).isEqualTo(POLICY.hash());
      assertThat(view.getRecipe().getDecodeScale()).isEqualTo(1);
      assertThat(view.getRecipe().getOperations())
          .extracting(Operation::getName)
          .isEqualTo(i == 0 ? List.of() : List.of("rotate", "translate"));
      assertThat(view.getEncoding()).isEqualTo(PixelEncoding.RAW);
      assertThat(view.getPixels().remaining()).isEqualTo(28 * 28);
      assertThat(view.getLabel().getPrimary()).isEqualTo(7);
      assertThat(view.getCapturedAt()).isEqualTo(TestRecordCodec.CAPTURED);
      assertThat(view.getAugmentedAt()).isEqualTo(TestRecordCodec.CAPTURED.plusSeconds(3));
    }
    assertThat(meters.counter("augmenter.images").count()).isEqualTo(1);
    assertThat(meters.counter("augmenter.views").count()).isEqualTo(3);
    assertThat(
            meters
                .get("pipeline.age")
                .tag("stage", "augmented")
                .timer()
                .totalTime(TimeUnit.SECONDS))
        .isEqualTo(3);
    assertThat(deadLetters.isEmpty()).isTrue();
  }

  @Test
  void shouldAugmentAnImageOfAnEarlierVersion() throws Exception {
    // given
    byte[] value =
        new FrozenRecords(Path.of(".."), registry.url()).value("images", "ImageEvent", "v1");

    // when
    images.pipeInput(bytes("img-1"), value);

    // then
    assertThat(deadLetters.isEmpty()).isTrue();
    assertThat(views.readValuesToList())
        .hasSize(3)
        .extracting(written -> wire.view(TOPICS.views(), written))
        .allSatisfy(
            view -> {
              assertThat(view.getLineage().getImageId()).isEqualTo("img-1");
              assertThat(view.getLabel()).isEqualTo(new Label(2, null, 1.0));
              assertThat(view.getCapturedAt()).isEqualTo(Instant.parse("2026-11-23T10:15:30.123Z"));
            });
  }

  @Test
  void shouldPassRawPixelsThroughAsTheOriginal() {
    // given
    byte[] pixels = new byte[28 * 28];
    Arrays.fill(pixels, (byte) 200);
    pixels[5] = 17;

    // when
    send("raw", TestRecordCodec.rawEvent("raw", pixels, 28, 28, 1));

    // then
    AugmentedView view = wire.view(TOPICS.views(), views.readValue());
    assertThat(view.getPixels()).isEqualTo(ByteBuffer.wrap(pixels));
    assertThat(view.getLabel()).isNull();
  }

  @Test
  void shouldWriteTheMaskOfEachView() {
    // given: a fill at one edge at least, since all views but the first are shifted or turned
    byte[] file = TestImages.file(TestImages.picture(28, 28, 1), "png");
    SegmentationMask mask = TestMasks.random(28, 28, 1);

    // when
    send("a", TestRecordCodec.maskedEvent("a", file, TestMasks.png(mask)));

    // then
    List<SegmentationMask> masks =
        views.readValuesToList().stream()
            .map(value -> MaskCodec.decode(wire.view(TOPICS.views(), value).getMask(), 28, 28))
            .toList();
    assertThat(masks).hasSize(3);
    assertThat(masks.get(0)).isEqualTo(mask);
    assertThat(masks.subList(1, 3))
        .allSatisfy(moved -> assertThat(moved.classes()).contains((byte) SegmentationMask.IGNORE));
  }

  @Test
  void shouldEncodeAsThePolicySays() {
    // given
    open(
        PolicyYaml.policy(
            "{views: 2, output: {height: 64, width: 64}, encoding: jpeg, quality: 80}"));

    // when
    send(
        "a",
        TestRecordCodec.event("a", TestImages.file(TestImages.picture(100, 90, 1), "jpg"), null));

    // then
    AugmentedView view = wire.view(TOPICS.views(), views.readValue());
    assertThat(view.getEncoding()).isEqualTo(PixelEncoding.JPEG);
    assertThat(view.getPixels().get(0)).isEqualTo((byte) 0xFF);
    assertThat(view.getPixels().remaining()).isLessThan(64 * 64 * 3);
  }

  @Test
  void shouldWriteOneDeadLetterPerBadRecordAndContinue() {
    // given
    byte[] jpeg = TestImages.file(TestImages.picture(60, 80, 2), "jpg");
    byte[] huge = TestImages.pngClaiming(60_000, 60_000);

    // when
    images.pipeInput(bytes("k0"), bytes("this is not Avro"));
    send("k1", TestRecordCodec.event("k1", Arrays.copyOf(jpeg, jpeg.length * 2 / 3), null));
    send("k2", TestRecordCodec.event("k2", huge, null));
    images.pipeInput(new TestRecord<>(bytes("k3"), (byte[]) null));
    send("k4", TestRecordCodec.event("k4", bytes("GARBAGE"), null));
    send("k5", TestRecordCodec.rawEvent("k5", new byte[3], 2, 2, 1));
    send("k6", TestRecordCodec.maskedEvent("k6", jpeg, TestMasks.png(TestMasks.random(80, 60, 1))));
    send("good", TestRecordCodec.event("good", jpeg, null));

    // then
    List<TestRecord<byte[], byte[]>> records = deadLetters.readRecordsToList();
    assertThat(records)
        .extracting(deadLetter -> header(deadLetter, "stillstream.reason"))
        .containsExactly(
            "malformed",
            "undecodable",
            "too_many_pixels",
            "empty",
            "unknown_format",
            "bad_raw_shape",
            "bad_mask");
    for (int i = 0; i < records.size(); i++) {
      assertThat(records.get(i).key()).isEqualTo(bytes("k" + i));
      assertThat(header(records.get(i), "__streams.errors.topic")).isEqualTo("images");
      assertThat(header(records.get(i), "__streams.errors.partition")).isEqualTo("0");
      assertThat(header(records.get(i), "__streams.errors.offset")).isEqualTo(Integer.toString(i));
      assertThat(header(records.get(i), "__streams.errors.exception"))
          .contains("BadRecordException");
      assertThat(header(records.get(i), "__streams.errors.message")).isNotBlank();
      assertThat(header(records.get(i), "__streams.errors.stacktrace")).isNotNull();
      assertThat(header(records.get(i), "stillstream.service")).isEqualTo("augmenter");
      assertThat(header(records.get(i), "stillstream.stage")).isEqualTo("augment");
      assertThat(header(records.get(i), "stillstream.attempt")).isEqualTo("1");
    }
    assertThat(records.get(0).value()).isEqualTo(bytes("this is not Avro"));
    assertThat(views.readRecordsToList()).hasSize(3);
    assertThat(meters.counter("augmenter.rejected", "reason", "undecodable").count()).isEqualTo(1);
    assertThat(
            meters
                .counter("dead.letters", "service", "augmenter", "reason", "too_many_pixels")
                .count())
        .isEqualTo(1);
  }

  @Test
  void shouldRejectViewsThatAreTooLargeAndSendNoneOfThem() {
    // given
    open(PolicyYaml.policy("{views: 4, output: {height: 200, width: 200}}"));

    // when
    send(
        "a",
        TestRecordCodec.event("a", TestImages.file(TestImages.picture(20, 20, 1), "png"), null));

    // then
    TestRecord<byte[], byte[]> deadLetter = deadLetters.readRecord();
    assertThat(header(deadLetter, "stillstream.reason")).isEqualTo("too_large");
    assertThat(deadLetters.isEmpty()).isTrue();
    assertThat(views.isEmpty()).isTrue();
  }

  @Test
  void shouldKeepTheSchemasOfFormerTasksWithoutTheRegistry() {
    // given
    byte[] value =
        wire.image(
            TOPICS.images(),
            TestRecordCodec.event("a", TestImages.file(TestImages.picture(9, 9, 1), "png"), 1));
    images.pipeInput(bytes("a"), value);
    List<byte[]> first = views.readValuesToList();

    // when: the task is closed, and starts again without a registry
    driver.close();
    registry.close();
    start();
    images.pipeInput(bytes("a"), value);

    // then
    assertThat(views.readValuesToList()).hasSize(3).containsExactlyElementsOf(first);
    assertThat(meters.counter("registry.unavailable").count()).isZero();
  }

  @Test
  void shouldWriteNoDeadLettersWhenTheRegistryHasLostItsData() {
    // given: a service that has just started, and a registry that was set up anew
    byte[] value =
        wire.image(
            TOPICS.images(),
            TestRecordCodec.event("a", TestImages.file(TestImages.picture(9, 9, 1), "png"), 1));
    int port = registry.url().getPort();
    registry.close();
    registry = DevelopmentRegistry.start(registries.resolve("anew.json"), port);
    open(
        POLICY,
        Map.of(
            "schema.registry.url",
            registry.url().toString(),
            "stillstream.unknown.id.timeout.ms",
            "0"));

    // when: the thread fails, and its transaction is aborted
    assertThatThrownBy(() -> images.pipeInput(bytes("a"), value))
        .hasRootCauseInstanceOf(RegistryUnavailableException.class);

    // then
    assertThat(deadLetters.isEmpty()).isTrue();
    assertThat(views.isEmpty()).isTrue();
    assertThat(meters.counter("registry.data.lost").count()).isPositive();

    // when: the data is restored
    registry.close();
    registry = DevelopmentRegistry.start(registries.resolve("registry.json"), port);
    driver.close();
    start();
    images.pipeInput(bytes("a"), value);

    // then
    assertThat(views.readRecordsToList()).hasSize(3);
    assertThat(deadLetters.isEmpty()).isTrue();
  }

  @Test
  void shouldWriteADeadLetterAfterAProgramErrorAndContinue() {
    // given
    open(POLICY, faultyDeserializer());

    // when
    images.pipeInput(bytes("k0"), FaultyImageDeserializer.WITHOUT_PAYLOAD);
    sendGood();

    // then
    TestRecord<byte[], byte[]> deadLetter = deadLetters.readRecord();
    assertThat(deadLetter.key()).isEqualTo(bytes("k0"));
    assertThat(header(deadLetter, "stillstream.reason")).isEqualTo("failed");
    assertThat(header(deadLetter, "__streams.errors.message")).contains("NullPointerException");
    assertThat(deadLetters.isEmpty()).isTrue();
    assertThat(views.readRecordsToList()).hasSize(3);
    assertThat(meters.counter("augmenter.rejected", "reason", "failed").count()).isEqualTo(1);
  }

  @Test
  void shouldWriteDeadLettersForRecordsThatCauseErrors() {
    // given
    open(POLICY, faultyDeserializer());

    // when
    for (byte[] error :
        List.of(
            FaultyImageDeserializer.DEEP,
            FaultyImageDeserializer.UNLINKED,
            FaultyImageDeserializer.LARGE)) {
      images.pipeInput(bytes("k"), error);
      sendGood();
    }

    // then
    assertThat(deadLetters.readRecordsToList())
        .extracting(
            deadLetter ->
                header(deadLetter, "stillstream.reason")
                    + ": "
                    + header(deadLetter, "__streams.errors.message"))
        .containsExactly(
            "malformed: the record or its schema is nested too deeply",
            "failed: java.lang.NoClassDefFoundError: missing",
            "failed: java.lang.OutOfMemoryError: Java heap space");
    assertThat(views.readRecordsToList()).hasSize(3 * 3);
  }

  @Test
  void shouldRetryARecordBeforeItBecomesADeadLetter() {
    // given
    open(POLICY, faultyDeserializer());

    // when
    images.pipeInput(bytes("k"), FaultyImageDeserializer.ONCE);

    // then
    assertThat(deadLetters.isEmpty()).isTrue();
    assertThat(views.readRecordsToList()).hasSize(3);
  }

  @Test
  void shouldStopAfterTooManyConsecutiveFailures() {
    // given
    open(POLICY, faultyDeserializer());
    images.pipeInput(bytes("k"), FaultyImageDeserializer.WITHOUT_PAYLOAD);
    images.pipeInput(bytes("k"), FaultyImageDeserializer.WITHOUT_PAYLOAD);
    sendGood();
    images.pipeInput(bytes("k"), FaultyImageDeserializer.WITHOUT_PAYLOAD);
    images.pipeInput(bytes("k"), FaultyImageDeserializer.WITHOUT_PAYLOAD);

    // then
    assertThatThrownBy(() -> images.pipeInput(bytes("k"), FaultyImageDeserializer.WITHOUT_PAYLOAD))
        .hasRootCauseInstanceOf(TooManyFailuresException.class)
        .rootCause()
        .hasMessageContaining("3 records in a row")
        .hasMessageContaining("max-consecutive-failures")
        .hasMessageContaining("images-0@5")
        .hasMessageContaining("NullPointerException");
    assertThat(deadLetters.readRecordsToList()).hasSize(4);
  }

  @Test
  void shouldAcceptAnyCaptureTime() {
    // given
    byte[] file = TestImages.file(TestImages.picture(9, 9, 1), "png");
    List<Instant> moments =
        List.of(
            TestRecordCodec.CAPTURED,
            Instant.parse("0001-01-01T00:00:00Z"),
            TestRecordCodec.CAPTURED.minus(Duration.ofDays(293 * 365)),
            Instant.ofEpochMilli(Long.MIN_VALUE),
            Instant.EPOCH,
            TestRecordCodec.CAPTURED.plus(Duration.ofDays(1)),
            Instant.ofEpochMilli(Long.MAX_VALUE),
            TestRecordCodec.CAPTURED);

    // when
    for (Instant moment : moments) {
      ImageEvent event = TestRecordCodec.event("a", file, 1);
      event.setCapturedAt(moment);
      send("a", event);
    }

    // then
    assertThat(deadLetters.isEmpty()).isTrue();
    assertThat(views.readValuesToList())
        .extracting(value -> wire.view(TOPICS.views(), value).getCapturedAt())
        .containsExactlyElementsOf(
            moments.stream().flatMap(moment -> Stream.of(moment, moment, moment)).toList());
    assertThat(meters.counter("augmenter.images").count()).isEqualTo(8);
    assertThat(meters.get("pipeline.age").timer().count()).isEqualTo(2);
    assertThat(implausible("past")).isEqualTo(4);
    assertThat(implausible("future")).isEqualTo(2);
  }

  @Test
  void shouldIgnoreAnOriginWithAnInvalidTopicName() {
    // given: a view with that topic name would be too large
    Headers headers = new RecordHeaders();
    new RecordCoordinates("x".repeat(MAX_BYTES - 10_000), 0, 1).writeOrigin(headers);
    byte[] value =
        wire.image(
            TOPICS.images(),
            TestRecordCodec.event("a", TestImages.file(TestImages.picture(9, 9, 1), "png"), 1));

    // when
    images.pipeInput(new TestRecord<>(bytes("a"), value, headers));

    // then
    assertThat(deadLetters.isEmpty()).isTrue();
    assertThat(views.readRecordsToList())
        .hasSize(3)
        .allSatisfy(
            view -> {
              assertThat(view.headers()).extracting(Header::key).containsExactly("traceparent");
              assertThat(wire.view(TOPICS.views(), view.value()).getLineage().getOriginTopic())
                  .isEqualTo("images");
            });
  }

  @Test
  void shouldReplaceTimestampsOfTheFutureByNow() {
    // given
    byte[] value =
        wire.image(
            TOPICS.images(),
            TestRecordCodec.event("a", TestImages.file(TestImages.picture(9, 9, 1), "png"), 1));
    Instant never = Instant.ofEpochMilli(Long.MAX_VALUE);

    // when: a broker would reject views of that time
    images.pipeInput(new TestRecord<>(null, value, new RecordHeaders(), never));

    // then
    assertThat(views.readRecordsToList())
        .hasSize(3)
        .extracting(TestRecord::getRecordTime)
        .containsOnly(CLOCK.instant());
  }

  @Test
  void shouldAcceptRecordsWithoutATimestamp() {
    // given
    byte[] value =
        wire.image(
            TOPICS.images(),
            TestRecordCodec.event("a", TestImages.file(TestImages.picture(9, 9, 1), "png"), 1));
    Instant none = Instant.ofEpochMilli(-1);
    Instant now = CLOCK.instant();
    Instant known = now.plusSeconds(60);

    // when: the first has no predecessor, the last has one
    images.pipeInput(new TestRecord<>(bytes("a"), value, new RecordHeaders(), none));
    images.pipeInput(new TestRecord<>(bytes("b"), bytes("bad"), new RecordHeaders(), none));
    images.pipeInput(new TestRecord<>(bytes("c"), value, new RecordHeaders(), known));
    images.pipeInput(new TestRecord<>(bytes("d"), value, new RecordHeaders(), none));

    // then
    assertThat(views.readRecordsToList())
        .extracting(TestRecord::getRecordTime)
        .containsExactly(now, now, now, known, known, known, known, known, known);
    assertThat(deadLetters.readRecord().getRecordTime()).isEqualTo(now);
  }

  @Test
  void shouldWriteTheSameViewsForAReplayedRecord() {
    // given
    ImageEvent event =
        TestRecordCodec.event("a", TestImages.file(TestImages.picture(50, 40, 3), "png"), null);
    send("a", event);
    List<byte[]> first = views.readValuesToList();
    Headers headers = new RecordHeaders();
    new RecordCoordinates("images", 0, 0).writeOrigin(headers);
    headers.add("stillstream.attempt", bytes("1"));

    // when
    images.pipeInput(new TestRecord<>(bytes("a"), wire.image(TOPICS.images(), event), headers));

    // then
    List<TestRecord<byte[], byte[]>> again = views.readRecordsToList();
    assertThat(again).extracting(TestRecord::value).containsExactlyElementsOf(first);
    assertThat(again.get(0).headers())
        .extracting(Header::key)
        .containsExactlyInAnyOrder(
            "stillstream.origin.topic",
            "stillstream.origin.partition",
            "stillstream.origin.offset",
            "traceparent");
    assertThat(TraceContext.of(again.get(0).headers()))
        .hasValue(TraceContext.start(new RecordCoordinates("images", 0, 0)));
  }

  @Test
  void shouldPassTheTraceOfAnImageToAllOfItsViews() {
    // given
    ImageEvent event =
        TestRecordCodec.event("a", TestImages.file(TestImages.picture(50, 40, 3), "png"), null);
    TraceContext trace =
        TraceContext.parse("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01", "v=1")
            .orElseThrow();
    Headers headers = new RecordHeaders();
    trace.write(headers);

    // when
    images.pipeInput(new TestRecord<>(bytes("a"), wire.image(TOPICS.images(), event), headers));
    images.pipeInput(new TestRecord<>(bytes("b"), bytes("bad"), headers));

    // then
    assertThat(views.readRecordsToList())
        .hasSize(3)
        .allSatisfy(view -> assertThat(TraceContext.of(view.headers())).hasValue(trace));
    assertThat(TraceContext.of(deadLetters.readRecord().headers())).hasValue(trace);
  }

  @Test
  void shouldBeginATraceIfTheImageHasNoValidOne() {
    // given
    ImageEvent event =
        TestRecordCodec.event("a", TestImages.file(TestImages.picture(50, 40, 3), "png"), null);
    Headers malformed = new RecordHeaders().add("traceparent", bytes("00-abc"));
    malformed.add("tracestate", bytes("v=1"));

    // when
    images.pipeInput(new TestRecord<>(bytes("a"), wire.image(TOPICS.images(), event), malformed));

    // then
    assertThat(views.readRecordsToList())
        .hasSize(3)
        .allSatisfy(
            view ->
                assertThat(TraceContext.of(view.headers()))
                    .hasValue(TraceContext.start(new RecordCoordinates("images", 0, 0))));
  }

  private void send(String key, ImageEvent event) {
    images.pipeInput(bytes(key), wire.image(TOPICS.images(), event));
  }

  private void sendGood() {
    send(
        "good",
        TestRecordCodec.event("good", TestImages.file(TestImages.picture(9, 9, 1), "png"), 1));
  }

  private Map<String, String> faultyDeserializer() {
    return Map.of(
        "schema.registry.url",
        registry.url().toString(),
        "value.deserializer",
        FaultyImageDeserializer.class.getName());
  }

  private double implausible(String kind) {
    return meters.counter("pipeline.age.implausible", "stage", "augmented", "kind", kind).count();
  }

  private static String header(TestRecord<byte[], byte[]> deadLetter, String key) {
    return new String(deadLetter.headers().lastHeader(key).value(), StandardCharsets.UTF_8);
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
