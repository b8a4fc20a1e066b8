package io.stillstream.schemas.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.stillstream.schemas.registry.FakeRegistry;
import io.stillstream.schemas.registry.RegistryUnavailableException;
import java.time.Duration;
import java.util.HexFormat;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.kafka.common.errors.SerializationException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** An id that the registry does not know may be one that it does not know yet. */
final class UnknownSchemaIdsTest {
  private static final byte[] HI = HexFormat.of().parseHex("0000000002046869");

  private final AtomicLong nanos = new AtomicLong(-5);
  private FakeRegistry registry;
  private AvroDeserializer deserializer;

  @BeforeEach
  void start() {
    registry = FakeRegistry.start();
    deserializer = new AvroDeserializer(duration -> {}, nanos::get);
    deserializer.configure(
        Map.of(
            "schema.registry.url", registry.url(),
            "stillstream.unknown.id.timeout.ms", 2_000,
            "max.retries", 0),
        false);
  }

  @AfterEach
  void stop() {
    registry.close();
  }

  @Test
  void shouldWaitForIdAndThenReadIt() {
    // given
    assertUnavailable();
    pass(1_999);
    assertUnavailable();
    registry.schema(2, "\"string\"");

    // when
    Object read = deserializer.deserialize("t", HI);

    // then
    assertThat(read).isEqualTo("hi");
  }

  @Test
  void shouldGiveUpAfterTimeout() {
    // given
    assertUnavailable();
    pass(2_000);

    // when, then
    assertMalformed();
    pass(60_000);
    assertMalformed();
  }

  @Test
  void shouldResetWhenRegistryWasUnavailable() {
    // given
    assertUnavailable();
    pass(1_500);
    registry.next(503, "");
    assertUnavailable();
    pass(1_500);

    // when, then
    assertUnavailable();
    pass(2_000);
    assertMalformed();
  }

  @Test
  void shouldCountEachIdForItself() {
    // given
    assertUnavailable();
    pass(2_000);

    // when, then
    assertThatThrownBy(() -> deserializer.deserialize("t", new byte[] {0, 0, 0, 0, 3}))
        .isInstanceOf(RegistryUnavailableException.class);
    assertMalformed();
  }

  @Test
  void shouldEvictTheOldestOfVeryManyIds() {
    // given
    UnknownSchemaIds ids = new UnknownSchemaIds(Duration.ofSeconds(2), nanos::get);
    ids.expired(0);
    pass(2_000);
    assertThat(ids.expired(0)).isTrue();

    // when
    for (int id = 1; id <= 1_000; id++) {
      ids.expired(id);
    }

    // then
    assertThat(ids.expired(0)).isFalse();
  }

  @Test
  void shouldNeverGiveUpIfSoConfigured() {
    // given
    UnknownSchemaIds ids = new UnknownSchemaIds(Duration.ofMillis(-1), nanos::get);
    ids.expired(1);

    // when
    pass(Duration.ofDays(365).toMillis());

    // then
    assertThat(ids.expired(1)).isFalse();
    assertThat(new UnknownSchemaIds(Duration.ofMillis(Long.MAX_VALUE), nanos::get).expired(1))
        .isFalse();
  }

  private void pass(long millis) {
    nanos.addAndGet(Duration.ofMillis(millis).toNanos());
  }

  private void assertUnavailable() {
    assertThatThrownBy(() -> deserializer.deserialize("t", HI))
        .isInstanceOf(RegistryUnavailableException.class);
  }

  private void assertMalformed() {
    assertThatThrownBy(() -> deserializer.deserialize("t", HI))
        .isInstanceOf(SerializationException.class)
        .hasMessageContaining("topic t is malformed: the registry does not know its schema id 2");
  }
}
