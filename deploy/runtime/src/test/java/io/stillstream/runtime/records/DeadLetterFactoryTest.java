package io.stillstream.runtime.records;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.stillstream.schemas.topics.Topics;
import java.util.Arrays;
import java.util.List;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.junit.jupiter.api.Test;

final class DeadLetterFactoryTest {
  private static final RecordCoordinates SOURCE =
      new RecordCoordinates("images", 3, 12_345_678_901L);
  private static final byte[] KEY = {1, 2};
  private static final byte[] VALUE = {3, (byte) 0xFF};

  private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
  private final DeadLetterFactory letters =
      new DeadLetterFactory("dead", "augmenter", registry, Topics.MAX_MESSAGE_BYTES);

  @Test
  void shouldWriteTheHeadersOfKafkaStreams() {
    // given
    BadRecordException cause =
        new BadRecordException("undecodable", "not a PNG: é", new IllegalStateException("inner"));

    // when
    ProducerRecord<byte[], byte[]> letter =
        letters.create(SOURCE, KEY, VALUE, new RecordHeaders(), "decode", cause);

    // then
    assertThat(letter.topic()).isEqualTo("dead");
    assertThat(letter.key()).isEqualTo(KEY);
    assertThat(letter.value()).isEqualTo(VALUE);
    assertThat(text(letter, "__streams.errors.exception"))
        .isEqualTo("io.stillstream.runtime.records.BadRecordException");
    assertThat(text(letter, "__streams.errors.message")).isEqualTo("not a PNG: é");
    assertThat(text(letter, "__streams.errors.stacktrace"))
        .startsWith("io.stillstream.runtime.records.BadRecordException: not a PNG: é\n\tat ")
        .contains("Caused by: java.lang.IllegalStateException: inner");
    assertThat(text(letter, "__streams.errors.topic")).isEqualTo("images");
    assertThat(text(letter, "__streams.errors.partition")).isEqualTo("3");
    assertThat(text(letter, "__streams.errors.offset")).isEqualTo("12345678901");
    assertThat(text(letter, "stillstream.service")).isEqualTo("augmenter");
    assertThat(text(letter, "stillstream.stage")).isEqualTo("decode");
    assertThat(text(letter, "stillstream.reason")).isEqualTo("undecodable");
    assertThat(text(letter, "stillstream.attempt")).isEqualTo("1");
    assertThat(letter.headers().lastHeader("stillstream.by-reference")).isNull();
    assertThat(
            registry
                .get("stillstream.dead.letters")
                .tags("service", "augmenter", "reason", "undecodable")
                .counter()
                .count())
        .isEqualTo(1);
  }

  @Test
  void shouldShowExpectedReasonsBeforeTheyCome() {
    // when
    letters.preregister(List.of("empty", "malformed"));

    // then
    assertThat(registry.find("stillstream.dead.letters").tag("service", "augmenter").counters())
        .allMatch(counter -> counter.count() == 0)
        .extracting(counter -> counter.getId().getTag("reason"))
        .containsExactlyInAnyOrder("empty", "malformed");
  }

  @Test
  void shouldKeepHeadersOfTheSourceAndCountAttempts() {
    // given
    Headers headers = new RecordHeaders();
    new RecordCoordinates("images", 0, 7).writeOrigin(headers);
    headers.add("trace", new byte[] {(byte) 0xC3, (byte) 0x28}).add("nothing", null);

    // when
    ProducerRecord<byte[], byte[]> first = letter(headers);
    ProducerRecord<byte[], byte[]> second = letter(first.headers());

    // then
    assertThat(second.headers().lastHeader("trace").value()).isEqualTo(new byte[] {-61, 40});
    assertThat(second.headers().lastHeader("nothing").value()).isNull();
    assertThat(SOURCE.origin(second.headers())).isEqualTo(new RecordCoordinates("images", 0, 7));
    assertThat(text(second, "stillstream.attempt")).isEqualTo("2");
    assertThat(second.headers().headers("__streams.errors.topic")).hasSize(1);
    assertThat(second.headers()).hasSameSizeAs(first.headers());
  }

  @Test
  void shouldSurviveHostileAttempts() {
    for (byte[] hostile :
        new byte[][] {{(byte) 0xFF, (byte) 0xFE}, "-5".getBytes(UTF_8), null, new byte[1 << 20]}) {
      // given
      Headers headers = new RecordHeaders().add("stillstream.attempt", hostile);

      // then
      assertThat(text(letter(headers), "stillstream.attempt"))
          .as(Arrays.toString(hostile == null || hostile.length > 9 ? null : hostile))
          .isEqualTo("1");
    }
  }

  @Test
  void shouldReferToARecordThatIsTooLarge() {
    // given
    Headers headers = new RecordHeaders();
    new RecordCoordinates("images", 0, 7).writeOrigin(headers);

    // when
    ProducerRecord<byte[], byte[]> letter =
        letters.create(SOURCE, KEY, new byte[8 << 20], headers, "decode", bad("too large"));

    // then
    assertThat(letter.value()).isNull();
    assertThat(letter.key()).isEqualTo(KEY);
    assertThat(text(letter, "stillstream.by-reference")).isEqualTo("true");
    assertThat(text(letter, "__streams.errors.offset")).isEqualTo("12345678901");
    assertThat(SOURCE.origin(letter.headers())).isEqualTo(new RecordCoordinates("images", 0, 7));
  }

  @Test
  void shouldKeepTheTraceOfARecordWhoseHeadersAreTooLarge() {
    // given
    TraceContext trace = TraceContext.start(SOURCE);
    Headers headers = new RecordHeaders().add("x", new byte[8 << 20]);
    trace.write(headers);
    new RecordCoordinates("images", 0, 7).writeOrigin(headers);

    // when
    ProducerRecord<byte[], byte[]> letter = letter(headers);

    // then
    assertThat(letter.headers().lastHeader("x")).isNull();
    assertThat(TraceContext.of(letter.headers())).hasValue(trace);
    assertThat(SOURCE.origin(letter.headers())).isEqualTo(new RecordCoordinates("images", 0, 7));
  }

  @Test
  void shouldStaySmallWhateverTheSourceHolds() {
    // given
    int limit = 300_000;
    DeadLetterFactory small = new DeadLetterFactory("dead", "augmenter", registry, limit);
    Headers huge = new RecordHeaders().add("x", new byte[limit]);
    huge.add("stillstream.origin.topic", new byte[limit]);
    for (int i = 0; i < 100_000; i++) {
      huge.add("stillstream.origin.topic", new byte[1]);
    }

    for (byte[] key : new byte[][] {KEY, new byte[limit], null}) {
      // when
      ProducerRecord<byte[], byte[]> letter =
          small.create(SOURCE, key, VALUE, huge, "decode", bad("é".repeat(limit)));

      // then
      int size = letter.key() == null ? 0 : letter.key().length;
      for (var header : letter.headers()) {
        size += header.key().length() + header.value().length;
      }
      assertThat(letter.value()).isNull();
      assertThat(size).isLessThan(limit);
      assertThat(text(letter, "stillstream.by-reference")).isEqualTo("true");
      assertThat(text(letter, "stillstream.reason")).isEqualTo("malformed");
    }
  }

  @Test
  void shouldKeepAnEarlierReferenceOnlyWhileItHolds() {
    // given
    Headers headers = new RecordHeaders().add("stillstream.by-reference", "true".getBytes(UTF_8));

    // then
    assertThat(letter(headers).headers().lastHeader("stillstream.by-reference")).isNull();
  }

  @Test
  void shouldGiveBackTheHeadersOfTheSourceWithTheAttemptsSoFar() {
    // given
    Headers source = new RecordHeaders().add("trace", new byte[] {7});
    new RecordCoordinates("images", 0, 7).writeOrigin(source);

    // when
    Headers again = DeadLetterFactory.headersForReplay(letter(letter(source).headers()).headers());

    // then
    assertThat(again)
        .extracting(header -> header.key())
        .containsExactlyInAnyOrder(
            "trace",
            "stillstream.origin.topic",
            "stillstream.origin.partition",
            "stillstream.origin.offset",
            "stillstream.attempt");
    assertThat(DeadLetterFactory.attempts(again)).isEqualTo(2);
    assertThat(DeadLetterFactory.headersForDerivedRecord(again).lastHeader("stillstream.attempt"))
        .isNull();
    assertThat(DeadLetterFactory.headersForDerivedRecord(again)).hasSize(4);
    assertThat(DeadLetterFactory.attempts(source)).isZero();
  }

  private ProducerRecord<byte[], byte[]> letter(Headers headers) {
    return letters.create(SOURCE, KEY, VALUE, headers, "decode", bad("broken"));
  }

  private static BadRecordException bad(String message) {
    return new BadRecordException("malformed", message);
  }

  private static String text(ProducerRecord<?, ?> letter, String key) {
    return new String(letter.headers().lastHeader(key).value(), UTF_8);
  }
}
