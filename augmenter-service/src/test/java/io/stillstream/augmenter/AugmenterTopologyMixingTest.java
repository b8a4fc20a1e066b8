package io.stillstream.augmenter;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.stillstream.augmenter.config.AugmenterConfig.AugmenterTopics;
import io.stillstream.augmenter.fetch.FakeObjectSource;
import io.stillstream.augmenter.fetch.prefetch.DirectObjectFetcher;
import io.stillstream.augmenter.image.TestImages;
import io.stillstream.augmenter.metrics.AugmenterMetrics;
import io.stillstream.augmenter.metrics.MicrometerAugmenterMetrics;
import io.stillstream.augmenter.policy.Policy;
import io.stillstream.augmenter.policy.PolicyYaml;
import io.stillstream.augmenter.store.RecentImageLimits;
import io.stillstream.augmenter.store.RecentImageStore;
import io.stillstream.augmenter.topology.RecordAugmenter;
import io.stillstream.embedded.registry.DevelopmentRegistry;
import io.stillstream.runtime.records.DeadLetterFactory;
import io.stillstream.runtime.records.RecordCoordinates;
import io.stillstream.runtime.records.UnexpectedFailurePolicy;
import io.stillstream.schemas.AugmentedView;
import io.stillstream.schemas.ImageEvent;
import io.stillstream.schemas.Label;
import io.stillstream.schemas.Mix;
import java.nio.file.Path;
import java.time.Clock;
import java.time.ZoneOffset;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.Set;
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

final class AugmenterTopologyMixingTest {
  private static final AugmenterTopics TOPICS =
      new AugmenterTopics("", "images", "views", "dead-letters");
  private static final Policy POLICY =
      PolicyYaml.policy(
          """
          views: 3
          output: {height: 12, width: 12, channels: 1}
          operations: [horizontal_flip, {mixup: {alpha: 8}}]
          """);
  private static final Clock CLOCK = Clock.fixed(TestRecordCodec.CAPTURED, ZoneOffset.UTC);
  private static final int MAX_BYTES = TestAugmenters.MAX_BYTES;

  private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
  private final FakeObjectSource objects = new FakeObjectSource();
  private DevelopmentRegistry registry;
  private TestRecordCodec wire;
  private TestAugmenters augmenters;
  private TopologyTestDriver driver;
  private TestInputTopic<byte[], byte[]> images;
  private TestOutputTopic<byte[], byte[]> views;

  @BeforeEach
  void start(@TempDir Path directory) {
    registry = DevelopmentRegistry.start(directory.resolve("registry.json"), 0);
    Map<String, String> kafka =
        Map.of(
            "bootstrap.servers", "localhost:1", "schema.registry.url", registry.url().toString());
    wire = new TestRecordCodec(kafka);
    AugmenterMetrics metrics = new MicrometerAugmenterMetrics(meters, RecordAugmenter.reasons());
    augmenters =
        new TestAugmenters(POLICY, kafka, new DirectObjectFetcher(objects), meters, metrics, CLOCK);
    driver =
        new TopologyTestDriver(
            AugmenterTopology.of(
                TOPICS,
                augmenters.factory(),
                Optional.of(RecentImageStore.of(new RecentImageLimits(10_000, 2, 5_000), kafka)),
                new DeadLetterFactory(TOPICS.deadLetters(), "augmenter", meters, MAX_BYTES),
                new UnexpectedFailurePolicy(0),
                metrics,
                CLOCK),
            new Properties());
    images =
        driver.createInputTopic(
            TOPICS.images(), new ByteArraySerializer(), new ByteArraySerializer());
    views =
        driver.createOutputTopic(
            TOPICS.views(), new ByteArrayDeserializer(), new ByteArrayDeserializer());
  }

  @AfterEach
  void stop() {
    driver.close();
    augmenters.close();
    registry.close();
  }

  @Test
  void shouldMixNothingIntoTheFirstImageAndTheFirstIntoTheSecond() {
    // when
    List<AugmentedView> first = send(image("a", 7));
    List<AugmentedView> second = send(image("b", 3));

    // then
    assertThat(first).allSatisfy(view -> assertThat(view.getRecipe().getMix()).isNull());
    assertThat(first).extracting(AugmentedView::getLabel).containsOnly(new Label(7, null, 1.0));
    assertThat(second.get(0).getRecipe().getMix()).isNull();
    assertThat(second.get(0).getLabel()).isEqualTo(new Label(3, null, 1.0));
    for (AugmentedView view : second.subList(1, 3)) {
      Mix mix = view.getRecipe().getMix();
      assertThat(mix.getKind()).isEqualTo("mixup");
      assertThat(mix.getPartnerTopic()).isEqualTo("images");
      assertThat(mix.getPartnerPartition()).isZero();
      assertThat(mix.getPartnerOffset()).isZero();
      assertThat(mix.getPartnerImageId()).isEqualTo("a");
      assertThat(view.getLabel()).isEqualTo(new Label(3, 7, mix.getLambda()));
    }
    assertThat(meters.counter("augmenter.mixed").count()).isEqualTo(2);
    assertThat(meters.get("augmenter.partners.images").gauge().value()).isEqualTo(2);
    assertThat(meters.get("augmenter.partners.bytes").gauge().value()).isGreaterThan(200);
  }

  @Test
  void shouldSetNoLabelIfOneOfTheTwoIsUnknown() {
    // when
    send(image("a", 7));
    List<AugmentedView> second = send(image("b", null));
    send(image("c", null));
    List<AugmentedView> last = send(image("d", 4));

    // then: both of the recent images are without a label
    assertThat(second).extracting(AugmentedView::getLabel).containsOnlyNulls();
    assertThat(last.get(0).getLabel()).isEqualTo(new Label(4, null, 1.0));
    assertThat(last.subList(1, 3)).extracting(AugmentedView::getLabel).containsOnlyNulls();
  }

  @Test
  void shouldMixInOneOfTheLastImagesOnly() {
    // given
    Set<Long> distances = new HashSet<>();
    for (int offset = 0; offset < 40; offset++) {
      // when
      List<AugmentedView> made = send(image("image-" + offset, offset));

      // then
      if (offset > 1) {
        assertThat(made.get(1).getRecipe().getMix().getPartnerOffset())
            .isEqualTo(made.get(2).getRecipe().getMix().getPartnerOffset());
        distances.add(offset - made.get(1).getRecipe().getMix().getPartnerOffset());
      }
    }
    assertThat(distances).containsExactlyInAnyOrder(1L, 2L);
  }

  @Test
  void shouldKeepOnlyWhatBecameViewsAndIsNotTooLarge() {
    // given: something broken and something large
    send(image("a", 1));
    images.pipeInput(bytes("x"), bytes("not Avro"));
    send(TestRecordCodec.event("broken", bytes("no image"), 2));
    send(TestRecordCodec.event("large", TestImages.file(TestImages.picture(90, 100, 3), "bmp"), 3));

    // when
    List<AugmentedView> last = send(image("b", 4));

    // then
    assertThat(last.get(1).getRecipe().getMix().getPartnerImageId()).isEqualTo("a");
  }

  @Test
  void shouldNameTheCoordinatesOfAReplayedRecordAsThePartner() {
    // given: a record that is said to have stood elsewhere first
    Headers headers = new RecordHeaders();
    new RecordCoordinates("elsewhere", 5, 77).writeOrigin(headers);
    images.pipeInput(
        new TestRecord<>(bytes("a"), wire.image(TOPICS.images(), image("a", 1)), headers));
    AugmentedView replayed = wire.view(TOPICS.views(), views.readValuesToList().get(0));

    // when
    List<AugmentedView> next = send(image("b", 2));

    // then
    assertThat(replayed.getLineage().getOriginTopic()).isEqualTo("elsewhere");
    Mix mix = next.get(1).getRecipe().getMix();
    assertThat(mix.getPartnerTopic()).isEqualTo("images");
    assertThat(mix.getPartnerPartition()).isZero();
    assertThat(mix.getPartnerOffset()).isZero();
  }

  private List<AugmentedView> send(ImageEvent event) {
    images.pipeInput(bytes(event.getImageId()), wire.image(TOPICS.images(), event));
    return views.readValuesToList().stream()
        .map(value -> wire.view(TOPICS.views(), value))
        .toList();
  }

  private static ImageEvent image(String id, Integer label) {
    return TestRecordCodec.event(
        id, TestImages.file(TestImages.picture(14, 10, id.hashCode()), "png"), label);
  }

  private static byte[] bytes(String text) {
    return text.getBytes(UTF_8);
  }
}
