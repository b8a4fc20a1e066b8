package io.stillstream.augmenter.topology;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.stillstream.augmenter.TestAugmenters;
import io.stillstream.augmenter.TestRecordCodec;
import io.stillstream.augmenter.fetch.ObjectReference;
import io.stillstream.augmenter.fetch.UnavailableObjectException;
import io.stillstream.augmenter.fetch.prefetch.FetchedObject;
import io.stillstream.augmenter.fetch.prefetch.ObjectFetcher;
import io.stillstream.augmenter.image.TestImages;
import io.stillstream.augmenter.metrics.AugmenterMetrics;
import io.stillstream.augmenter.metrics.MicrometerAugmenterMetrics;
import io.stillstream.augmenter.policy.Policy;
import io.stillstream.augmenter.policy.PolicyYaml;
import io.stillstream.augmenter.store.RecentImageLimits;
import io.stillstream.augmenter.store.RecentImageStore;
import io.stillstream.embedded.registry.DevelopmentRegistry;
import io.stillstream.runtime.records.DeadLetterFactory;
import io.stillstream.runtime.records.RecordCoordinates;
import io.stillstream.runtime.records.UnexpectedFailurePolicy;
import java.nio.file.Path;
import java.time.Clock;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.streams.processor.api.MockProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.state.KeyValueStore;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class AugmentProcessorTest {
  private static final Policy POLICY =
      PolicyYaml.policy(
          """
          views: 3
          output: {height: 12, width: 12, channels: 1}
          operations: [{mixup: {alpha: 8}}]
          """);
  private static final RecentImageLimits LIMITS = new RecentImageLimits(10_000, 2, 5_000);
  private static final Clock CLOCK = Clock.fixed(TestRecordCodec.CAPTURED, ZoneOffset.UTC);
  private static final int MAX_BYTES = TestAugmenters.MAX_BYTES;

  private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
  private final AugmenterMetrics metrics =
      new MicrometerAugmenterMetrics(meters, RecordAugmenter.reasons());
  private final FailingContext<byte[], byte[]> context = new FailingContext<>();
  private final RecordingFetcher objects = new RecordingFetcher();
  private DevelopmentRegistry registry;
  private TestRecordCodec codec;
  private TestAugmenters augmenters;
  private KeyValueStore<Integer, byte[]> store;
  private AugmentProcessor processor;

  @BeforeEach
  void open(@TempDir Path directory) {
    registry = DevelopmentRegistry.start(directory.resolve("registry.json"), 0);
    Map<String, String> kafka = Map.of("schema.registry.url", registry.url().toString());
    codec = new TestRecordCodec(kafka);
    augmenters = new TestAugmenters(POLICY, kafka, objects, meters, metrics, CLOCK);
    store = new RecentImageStore(LIMITS, Map.of()).builder().withLoggingDisabled().build();
    store.init(context.getStateStoreContext(), store);
    processor =
        new AugmentProcessor(
            augmenters.factory(),
            Optional.of(LIMITS),
            objects,
            new DeadLetterFactory("dead-letters", "augmenter", meters, MAX_BYTES),
            new UnexpectedFailurePolicy(0),
            metrics,
            CLOCK);
    processor.init(context);
  }

  @AfterEach
  void close() {
    processor.close();
    store.close();
    augmenters.close();
    registry.close();
  }

  @Test
  void shouldForwardAllViewsAndThenKeepTheImage() {
    // when
    process(0, image());

    // then
    assertThat(context.forwarded())
        .hasSize(3)
        .allSatisfy(view -> assertThat(view.childName()).hasValue(AugmentProcessor.VIEWS));
    assertThat(store.approximateNumEntries()).isEqualTo(1);
    assertThat(meters.counter("augmenter.images").count()).isEqualTo(1);
  }

  @Test
  void shouldKeepAndCountNothingIfForwardingFails() {
    // given: the second view cannot be forwarded
    context.failAfter = 1;

    // when
    assertThatThrownBy(() -> process(0, image())).hasMessage("the producer is fenced");

    // then
    assertThat(store.approximateNumEntries()).isZero();
    assertThat(meters.counter("augmenter.images").count()).isZero();
  }

  @Test
  void shouldForwardOneDeadLetterAndKeepNoImage() {
    // when
    process(0, "this is not Avro".getBytes(UTF_8));

    // then
    assertThat(context.forwarded())
        .singleElement()
        .satisfies(
            deadLetter ->
                assertThat(deadLetter.childName()).hasValue(AugmentProcessor.DEAD_LETTERS));
    assertThat(store.approximateNumEntries()).isZero();
    assertThat(meters.counter("augmenter.rejected", "reason", "malformed").count()).isEqualTo(1);
  }

  @Test
  void shouldRemoveTheImageOfARecordThatIsReadAgain() {
    // given
    process(0, image());
    process(1, image());

    // when
    process(1, "this is not Avro".getBytes(UTF_8));

    // then
    assertThat(store.approximateNumEntries()).isEqualTo(1);
  }

  @Test
  void shouldReleaseTheObjectsOfRecordsThatAreDoneWith() {
    // when: one that becomes views, one that becomes a dead letter, and the end of the task
    process(0, image());
    process(1, "this is not Avro".getBytes(UTF_8));
    processor.close();

    // then
    assertThat(objects.calls).containsExactly("images-0@0", "images-0@1", "revoked 0");
  }

  @Test
  void shouldKeepTheObjectOfARecordThatWillBeReadAgain() {
    // given
    byte[] event =
        codec.image(
            "images",
            TestRecordCodec.referenceEvent("a", "s3://bucket/" + RecordingFetcher.AWAY, null));

    // when: its store is away
    assertThatThrownBy(() -> process(0, event)).isInstanceOf(UnavailableObjectException.class);

    // then: it is neither done with nor a dead letter
    assertThat(objects.calls).isEmpty();
    assertThat(context.forwarded()).isEmpty();
  }

  private void process(long offset, byte[] value) {
    context.setRecordMetadata("images", 0, offset);
    processor.process(new Record<>("a".getBytes(UTF_8), value, CLOCK.millis()));
  }

  private byte[] image() {
    return codec.image(
        "images",
        TestRecordCodec.event("a", TestImages.file(TestImages.picture(9, 9, 1), "png"), 1));
  }

  /** Has no object, and notes what it is told. */
  private static final class RecordingFetcher implements ObjectFetcher {
    static final String AWAY = "away";

    private final List<String> calls = new ArrayList<>();

    @Override
    public FetchedObject fetch(RecordCoordinates at, ObjectReference reference) {
      throw new UnavailableObjectException("the store is " + AWAY, null);
    }

    @Override
    public void processed(RecordCoordinates at) {
      calls.add(at.toString());
    }

    @Override
    public void revoked(int partition) {
      calls.add("revoked " + partition);
    }
  }

  /** Fails to forward after a number of records. */
  private static final class FailingContext<A, B> extends MockProcessorContext<A, B> {
    private int failAfter = Integer.MAX_VALUE;

    @Override
    public <K extends A, V extends B> void forward(Record<K, V> record, String childName) {
      if (forwarded().size() == failAfter) {
        throw new IllegalStateException("the producer is fenced");
      }
      super.forward(record, childName);
    }
  }
}
