package io.stillstream.schemas.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.stillstream.schemas.registry.FakeRegistry;
import io.stillstream.schemas.registry.RegistryUnavailableException;
import java.time.Duration;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.common.errors.SerializationException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A registry that was set up anew does not make good records bad ones. */
final class RegistryDataLossDetectorTest {
  private static final byte[] HI = HexFormat.of().parseHex("0000000002046869");
  private static final byte[] RANDOM_ID = HexFormat.of().parseHex("007badcafe046869");
  private static final String VERSIONS = "/subjects/t-value/versions";

  private final AtomicLong nanos = new AtomicLong(-5);
  private final Map<String, Object> settings = new HashMap<>();
  private FakeRegistry registry;

  @BeforeEach
  void start() {
    registry = FakeRegistry.start();
    settings.putAll(
        Map.of(
            "schema.registry.url", registry.url(),
            "stillstream.unknown.id.timeout.ms", 2_000,
            "max.retries", 0));
  }

  @AfterEach
  void stop() {
    registry.close();
  }

  @Test
  void shouldRejectTheRecordForAnUnknownId() {
    // given: the registry knows the topic, and an id with which a record was read
    AvroDeserializer deserializer = deserializer();
    registry.on(VERSIONS, 200, "[1]");
    assertThatCode(() -> deserializer.dataLossDetector().requireData("t", RANDOM_ID))
        .doesNotThrowAnyException();
    registry.schema(2, "\"string\"");
    read(deserializer, HI);
    pass(Duration.ofHours(1));

    // then
    assertThatCode(() -> deserializer.dataLossDetector().requireData("t", RANDOM_ID))
        .doesNotThrowAnyException();
  }

  @Test
  void shouldWaitWhereTheRegistryHasNothingForTheTopic() {
    // given
    AvroDeserializer deserializer = deserializer();

    // then
    assertLost(deserializer, "it has no version under subject t-value");

    // when: an empty subject is none
    registry.on(VERSIONS, 200, "[]");

    // then
    assertLost(deserializer, "it has no version under subject t-value");
  }

  @Test
  void shouldWaitWhenAnIdIsUnknownThatWasKnown() {
    // given
    AvroDeserializer deserializer = deserializer();
    registry.schema(2, "\"string\"");
    read(deserializer, HI);
    registry.on("/schemas/ids/2", 404, FakeRegistry.UNKNOWN);

    // then: its own output may have been registered anew, so subjects say nothing
    registry.on(VERSIONS, 200, "[1]");
    assertLost(deserializer, "it knew id 2 and does not know it any more");
  }

  @Test
  void shouldWaitWhenAnIdHasBeenGivenToAnotherSchema() {
    // given
    AvroDeserializer deserializer = deserializer();
    registry.schema(2, "\"string\"");
    read(deserializer, HI);
    registry.schema(2, "\"bytes\"");

    // then
    assertLost(deserializer, "id 2 was another schema before");
  }

  @Test
  void shouldContinueWhenTheDataIsRestored() {
    // given: in the meantime the id of the record belonged to another schema
    AvroDeserializer deserializer = deserializer();
    registry.schema(2, "\"long\"");
    assertThatThrownBy(() -> deserializer.deserialize("t", HI))
        .isInstanceOf(SerializationException.class);
    assertLost(deserializer, "it has no version under subject t-value");

    // when
    registry.on(VERSIONS, 200, "[1]").schema(2, "\"string\"");

    // then: it is read once more, and what is unknown has time to appear
    assertThatThrownBy(() -> deserializer.dataLossDetector().requireData("t", HI))
        .isInstanceOfSatisfying(
            RegistryUnavailableException.class, e -> assertThat(e.isDataLost()).isFalse());
    read(deserializer, HI);
  }

  @Test
  void shouldRejectTheRecordWhoseIdIsKnown() {
    // given
    AvroDeserializer deserializer = deserializer();
    registry.schema(2, "\"string\"");
    read(deserializer, HI);

    // then
    assertThatCode(() -> deserializer.dataLossDetector().requireData("t", HI))
        .doesNotThrowAnyException();
  }

  @Test
  void shouldWaitWhenTheRecordsOwnIdHasBeenGivenToAnotherSchema() {
    // given: more ids than are asked for, all but the last of which are what they were
    AvroDeserializer deserializer = deserializer();
    for (int id = 2; id < 22; id++) {
      registry.schema(id, "\"string\"");
      read(deserializer, record(id));
    }
    registry.schema(21, "\"bytes\"");

    // then: a good record of the new schema looks bad with the one that is kept
    assertThatThrownBy(() -> deserializer.dataLossDetector().requireData("t", record(21)))
        .isInstanceOfSatisfying(
            RegistryUnavailableException.class, e -> assertThat(e.isDataLost()).isTrue())
        .hasMessageContaining("id 21 was another schema before");
  }

  @Test
  void shouldAskForNothingThatIsNotFramed() {
    // given
    AvroDeserializer deserializer = deserializer();
    registry.close();

    // then
    assertThatCode(
            () -> {
              deserializer.dataLossDetector().requireData("t", new byte[] {1, 2, 3, 4, 5, 6});
              deserializer.dataLossDetector().requireData("t", new byte[] {0});
            })
        .doesNotThrowAnyException();
  }

  @Test
  void shouldWaitForARegistryThatIsUnavailableDuringTheCheck() {
    // given
    AvroDeserializer deserializer = deserializer();
    registry.close();

    // then
    assertThatThrownBy(() -> deserializer.dataLossDetector().requireData("t", RANDOM_ID))
        .isInstanceOfSatisfying(
            RegistryUnavailableException.class, e -> assertThat(e.isDataLost()).isFalse());
  }

  @Test
  void shouldNotAskForEveryBadRecord() {
    // given
    AvroDeserializer deserializer = deserializer();
    registry.on(VERSIONS, 200, "[1]");

    // when
    for (int record = 0; record < 100; record++) {
      deserializer.dataLossDetector().requireData("t", RANDOM_ID);
    }

    // then
    registry.onlyRequest();
  }

  @Test
  void shouldLookForSubjectsOfOtherStrategies() {
    // given
    String strategies = "io.confluent.kafka.serializers.subject.";
    settings.put("value.subject.name.strategy", strategies + "TopicRecordNameStrategy");
    AvroDeserializer byTopic = deserializer();
    settings.put("value.subject.name.strategy", strategies + "RecordNameStrategy");
    AvroDeserializer byRecord = deserializer();
    registry.on("/subjects", 200, "[]");
    assertLost(byTopic, "it has no subject that begins with t-");
    assertLost(byRecord, "it has no subject at all");
    registry.on("/subjects", 200, "[\"u-Record\"]");
    assertLost(byTopic, "it has no subject that begins with t-");

    // when
    registry.on("/subjects", 200, "[\"t-Record\"]");

    // then: one that was found without data starts anew
    for (AvroDeserializer one : new AvroDeserializer[] {byTopic, byRecord}) {
      assertThatThrownBy(() -> one.dataLossDetector().requireData("t", RANDOM_ID))
          .hasMessage("Registry has its data again");
      assertThatCode(() -> one.dataLossDetector().requireData("t", RANDOM_ID))
          .doesNotThrowAnyException();
    }
  }

  @Test
  void shouldRejectTheRecordIfSoConfigured() {
    // given
    settings.put("stillstream.registry.data.loss", "ignore");

    // then
    assertThatCode(() -> deserializer().dataLossDetector().requireData("t", RANDOM_ID))
        .doesNotThrowAnyException();
  }

  @Test
  void shouldRejectInvalidSettings() {
    // given
    settings.put("stillstream.registry.data.loss", "perhaps");

    // then
    assertThatThrownBy(this::deserializer)
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("stillstream.registry.data.loss");

    // given
    settings.put("stillstream.registry.data.loss", "wait");
    settings.put("stillstream.unknown.id.timeout.ms", -2);

    // then
    assertThatThrownBy(this::deserializer)
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("stillstream.unknown.id.timeout.ms");
  }

  private AvroDeserializer deserializer() {
    AvroDeserializer deserializer = new AvroDeserializer(duration -> {}, nanos::get);
    deserializer.configure(settings, false);
    return deserializer;
  }

  private static byte[] record(int id) {
    byte[] record = HI.clone();
    record[4] = (byte) id;
    return record;
  }

  private static void read(AvroDeserializer deserializer, byte[] record) {
    Object unused = deserializer.deserialize("t", record);
    deserializer.dataLossDetector().recordRead(record);
  }

  private void assertLost(AvroDeserializer deserializer, String reason) {
    assertThatThrownBy(() -> deserializer.dataLossDetector().requireData("t", RANDOM_ID))
        .isInstanceOfSatisfying(
            RegistryUnavailableException.class, e -> assertThat(e.isDataLost()).isTrue())
        .hasMessageStartingWith("Registry seems to have lost its data, as " + reason + ".");
  }

  private void pass(Duration time) {
    nanos.addAndGet(time.toNanos());
  }
}
