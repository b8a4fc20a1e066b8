package io.stillstream.trainer.publish;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.stillstream.embedded.registry.DevelopmentRegistry;
import io.stillstream.runtime.config.YamlSettings;
import io.stillstream.runtime.model.ModelSpec;
import io.stillstream.runtime.records.RecordValueDeserializer;
import io.stillstream.runtime.records.RecordValueSerializer;
import io.stillstream.schemas.StudentRelease;
import io.stillstream.trainer.checkpoint.store.PromotionState;
import io.stillstream.trainer.checkpoint.store.TopicIdentity;
import io.stillstream.trainer.checkpoint.store.TrainerState;
import io.stillstream.trainer.config.TrainerConfig;
import io.stillstream.trainer.files.DurableFiles;
import io.stillstream.trainer.release.ReleaseMeasurements;
import io.stillstream.trainer.release.ReleaseStore;
import io.stillstream.trainer.release.ReleaseWriter;
import io.stillstream.trainer.replica.Replica;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.clients.producer.MockProducer;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** When events of releases are sent, with a store that a test says the copies of. */
final class ReleasePublisherTest {
  private static final InstantSource CLOCK =
      InstantSource.fixed(Instant.parse("2026-11-24T00:00:00Z"));
  private static final TrainerConfig CONFIG =
      YamlSettings.parse(
          "kafka: {bootstrap.servers: \"localhost:1\"}\nstudent: s\ndirectory: d\n",
          TrainerConfig.class,
          Map.of());

  @TempDir private Path directory;
  private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
  private final MockProducer<byte[], byte[]> producer =
      new MockProducer<>(true, null, new ByteArraySerializer(), new ByteArraySerializer());
  private final Copies copies = new Copies();
  private DevelopmentRegistry registry;
  private RecordValueSerializer<Object> serializer;
  private AsyncRecordSender sender;
  private ReleaseWriter writer;
  private ReleasePublisher publisher;

  @BeforeEach
  void open() throws IOException {
    registry = DevelopmentRegistry.start(directory.resolve("registry.json"), 0);
    serializer = new RecordValueSerializer<>(kafka(), meters);
    sender =
        new AsyncRecordSender(
            serializer,
            producer,
            List.of("student-releases", "student-progress"),
            meters,
            Duration.ofSeconds(30));
    ModelSpec model = ModelSpec.load(Path.of("src/test/resources/students/cnn"), "student");
    ReleaseStore store = new ReleaseStore(directory.resolve("releases"), new DurableFiles());
    writer = new ReleaseWriter(store, 3, model, Map.of(), () -> {}, CLOCK, Optional.empty());
    publisher = publisher();
  }

  @AfterEach
  void close() {
    sender.close();
    serializer.close();
    registry.close();
  }

  @Test
  void shouldSendAReleaseWhenItsCopyExists() throws Exception {
    // given
    release(1);

    // when
    publisher.publish(1);

    // then
    assertThat(publisher.isHeldReady()).isFalse();

    // when
    copies.copied = 1;

    // then
    assertThat(publisher.isHeldReady()).isTrue();
    announce(1);
    assertThat(publisher.isHeldReady()).isFalse();
    assertThat(sent()).containsExactly("1 of copy 1");
  }

  @Test
  void shouldSendAPromotionWhenACheckpointWithItIsCopied() throws Exception {
    // given: copies of both releases
    releaseTwo();

    // when
    writer.promote(1);
    publisher.promoted();
    publisher.publish(1);
    // A checkpoint that was captured before the choice.
    publisher.checkpointQueued(2, 3);
    copies.copied = 3;

    // then
    assertThat(publisher.isHeldReady()).isFalse();
    publisher.publish(1);

    // when
    publisher.checkpointQueued(1, 4);

    // then
    assertThat(publisher.isHeldReady()).isFalse();
    copies.copied = 4;
    assertThat(publisher.isHeldReady()).isTrue();
    announce(1);
    assertThat(sent()).containsExactly("1 of copy 1", "2 of copy 2", "1 of copy 4");
  }

  /** The directory may be lost after the event: then the store must have the choice. */
  @Test
  void shouldHoldAPromotionAfterAStartWhoseCheckpointDoesNotHaveIt() throws Exception {
    // given
    releaseTwo();
    writer.promote(1);

    // when: killed before a checkpoint
    publisher = publisher();
    publisher.checkpointQueued(2, Replica.AT_START);
    publisher.publish(1);

    // then
    assertThat(publisher.isHeldReady()).isFalse();
    publisher.checkpointQueued(1, 3);
    copies.copied = 3;
    assertThat(publisher.isHeldReady()).isTrue();
    announce(1);
    assertThat(sent()).containsExactly("1 of copy 1", "2 of copy 2", "1 of copy 3");
  }

  @Test
  void shouldSendAPromotionAfterAStartWhoseCheckpointHasIt() throws Exception {
    // given
    releaseTwo();
    writer.promote(1);

    // when: killed after a checkpoint
    publisher = publisher();
    publisher.checkpointQueued(1, Replica.AT_START);
    announce(1);

    // then
    assertThat(sent()).containsExactly("1 of copy 1", "2 of copy 2", "1 of copy 2");
  }

  /** There and back: no other checkpoint follows while the stream pauses. */
  @Test
  void shouldSendAtOnceAPromotionThatTheLastCheckpointHas() throws Exception {
    // given
    releaseTwo();
    publisher.checkpointQueued(2, 2);

    // when
    for (long version : List.of(1L, 2L)) {
      writer.promote(version);
      publisher.promoted();
    }
    announce(2);

    // then
    assertThat(sent()).containsExactly("1 of copy 1", "2 of copy 2", "2 of copy 2");
  }

  @Test
  void shouldNotHoldWhatALaterReleaseReplaced() throws Exception {
    // given
    releaseTwo();
    writer.promote(1);
    publisher.promoted();
    publisher.publish(1);

    // when
    release(3);
    copies.copied = 3;
    announce(3);

    // then
    assertThat(publisher.isHeldReady()).isFalse();
    assertThat(writer.isPromoted(1)).isFalse();
    assertThat(sent()).containsExactly("1 of copy 1", "2 of copy 2", "3 of copy 3");
  }

  private void releaseTwo() throws Exception {
    for (long version = 1; version <= 2; version++) {
      release(version);
      copies.copied = version;
      announce(version);
    }
  }

  private void announce(long version) throws Exception {
    publisher.publish(version);
    publisher.await(Duration.ofSeconds(60));
    await()
        .atMost(Duration.ofSeconds(60))
        .untilAsserted(() -> assertThat(writer.unannounced(version)).isEmpty());
  }

  private ReleasePublisher publisher() {
    return new ReleasePublisher(
        CONFIG.topics(), sender, writer, copies, topic -> false, ReleaseRunReporter.none(), CLOCK);
  }

  /** Versions, each with how many copies there were when it was sent. */
  private List<String> sent() {
    try (RecordValueDeserializer<StudentRelease> reader =
        new RecordValueDeserializer<>(StudentRelease.class, kafka(), meters)) {
      return producer.history().stream()
          .map(each -> reader.deserialize(each.topic(), new RecordHeaders(), each.value()))
          .map(release -> release.getVersion() + " of " + release.getUri())
          .toList();
    }
  }

  private Map<String, String> kafka() {
    return Map.of(
        "bootstrap.servers", "localhost:1", "schema.registry.url", registry.url().toString());
  }

  private void release(long version) throws IOException {
    PromotionState passed = PromotionState.begin(version);
    TrainerState checkpoint =
        new TrainerState(
            "cnn",
            "ab",
            "labeled-views",
            Map.of(0, version),
            version,
            version,
            0,
            List.of(),
            List.of(),
            0.25,
            0.004,
            "",
            version,
            version,
            0,
            List.of(),
            passed,
            null,
            List.of(),
            Map.of(),
            TopicIdentity.UNKNOWN,
            Map.of());
    writer.write(checkpoint, new byte[] {1, 2, (byte) version}, ReleaseMeasurements.NONE);
  }

  /** A store that has copies up to a number; a release is in the copy with its number. */
  private static final class Copies implements Replica {
    private long copied;

    @Override
    public long enqueue(long steps) {
      throw new UnsupportedOperationException("the publisher copies nothing");
    }

    @Override
    public boolean isConfirmed(long number) {
      return copied >= number;
    }

    @Override
    public Optional<String> uri(long version, String sha256, String local) {
      return copied >= version ? Optional.of("copy " + copied) : Optional.empty();
    }

    @Override
    public void requireOwned() {}

    @Override
    public void drain(Runnable waiting) {}

    @Override
    public Optional<String> statusText() {
      return Optional.empty();
    }

    @Override
    public void close() {}
  }
}
