package io.stillstream.runtime.records;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.groups.Tuple.tuple;

import java.util.SplittableRandom;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The examples are those of the recommendation. */
final class TraceContextTest {
  private static final String TRACE = "4bf92f3577b34da6a3ce929d0e0e4736";
  private static final String PARENT = "00f067aa0ba902b7";
  private static final String VALUE = "00-" + TRACE + "-" + PARENT + "-01";

  @Test
  void shouldReadWhatItWrote() {
    // given
    TraceContext context = new TraceContext(TRACE, PARENT, 1, "congo=t61rcWkgMzE");
    Headers headers = new RecordHeaders().add("traceparent", "old".getBytes(UTF_8));

    // when
    context.write(headers);

    // then
    assertThat(headers)
        .extracting(Header::key, header -> new String(header.value(), UTF_8))
        .containsExactly(tuple("traceparent", VALUE), tuple("tracestate", "congo=t61rcWkgMzE"));
    assertThat(TraceContext.of(headers)).hasValue(context);
    assertThat(context.sampled()).isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "00",
        "00-" + TRACE + "-" + PARENT,
        "00-" + TRACE + "-" + PARENT + "-1",
        "00-" + TRACE + "-" + PARENT + "-01-",
        "00-" + TRACE + "-" + PARENT + "-01-more",
        "ff-" + TRACE + "-" + PARENT + "-01",
        "0-" + TRACE + "-" + PARENT + "-01",
        "00-00000000000000000000000000000000-" + PARENT + "-01",
        "00-" + TRACE + "-0000000000000000-01",
        "00-4BF92F3577B34DA6A3CE929D0E0E4736-" + PARENT + "-01",
        "00-" + TRACE + "-" + PARENT + "-0g",
        " 00-" + TRACE + "-" + PARENT + "-01",
        "01-" + TRACE + "-" + PARENT + "-01more"
      })
  void shouldIgnoreWhatIsMalformed(String traceparent) {
    assertThat(TraceContext.parse(traceparent, "")).isEmpty();
  }

  @Test
  void shouldReadTheKnownFieldsOfALaterVersion() {
    assertThat(TraceContext.parse("cc-" + TRACE + "-" + PARENT + "-01-what-the-future", "a=1"))
        .hasValue(new TraceContext(TRACE, PARENT, 1, "a=1"));
  }

  @Test
  void shouldKeepFlagsThatItDoesNotKnow() {
    assertThat(TraceContext.parse("00-" + TRACE + "-" + PARENT + "-fe", ""))
        .hasValueSatisfying(
            context -> {
              assertThat(context.sampled()).isFalse();
              assertThat(context.traceparent()).endsWith("-fe");
            });
  }

  @Test
  void shouldIgnoreTwoParentsAndOneWithoutAValue() {
    // given
    Headers two = new RecordHeaders();
    two.add("traceparent", VALUE.getBytes(UTF_8)).add("traceparent", VALUE.getBytes(UTF_8));
    Headers none = new RecordHeaders().add("traceparent", null);

    // then
    assertThat(TraceContext.of(two)).isEmpty();
    assertThat(TraceContext.of(none)).isEmpty();
    assertThat(TraceContext.of(new RecordHeaders())).isEmpty();
  }

  @Test
  void shouldJoinStatesInTheirOrder() {
    // given
    Headers headers = new RecordHeaders().add("traceparent", VALUE.getBytes(UTF_8));
    headers.add("tracestate", "rojo=1, ,".getBytes(UTF_8));
    headers.add("tracestate", "fw529a3039@dt=FfAAAA".getBytes(UTF_8));

    // then
    assertThat(TraceContext.of(headers).orElseThrow().state())
        .isEqualTo("rojo=1,fw529a3039@dt=FfAAAA");
  }

  @Test
  void shouldDropAStateThatIsMalformedOrLongAndKeepTheRest() {
    // given
    String many =
        IntStream.range(0, 33).mapToObj(i -> "k" + i + "=1").collect(Collectors.joining(","));

    // then
    for (String state : new String[] {"rojo", "=1", "A=1", "a=é", "a=" + "x".repeat(511), many}) {
      assertThat(TraceContext.parse(VALUE, state))
          .as(state)
          .hasValue(new TraceContext(TRACE, PARENT, 1, ""));
    }
  }

  @Test
  void shouldTakeNoMoreRoomThanItSays() {
    // given
    Headers headers = new RecordHeaders();
    String longest = "a=" + "x".repeat(250) + ",b=" + "x".repeat(250);
    TraceContext.parse(VALUE, longest).orElseThrow().write(headers);

    // when
    int bytes = 0;
    for (Header header : headers) {
      bytes += header.key().length() + header.value().length + 10;
    }

    // then
    assertThat(headers.headers("tracestate")).hasSize(1);
    assertThat(bytes).isLessThanOrEqualTo(TraceContext.MAX_BYTES);
  }

  @Test
  void shouldBeginTracesThatNobodyRecords() {
    // when
    TraceContext first = TraceContext.start(new SplittableRandom(1));
    TraceContext other = TraceContext.start(new SplittableRandom(2));

    // then
    assertThat(first.traceId()).isNotEqualTo(other.traceId());
    assertThat(TraceContext.parse(first.traceparent(), "")).hasValue(first);
    assertThat(first.sampled()).isFalse();
  }

  @Test
  void shouldBeginTheSameTraceAtTheSamePlace() {
    // given
    RecordCoordinates place = new RecordCoordinates("images", 1, 7);

    // then
    assertThat(TraceContext.start(place)).isEqualTo(TraceContext.start(place));
    assertThat(TraceContext.start(place))
        .isNotEqualTo(TraceContext.start(new RecordCoordinates("images", 1, 8)));
  }
}
