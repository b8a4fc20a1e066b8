package io.stillstream.runtime.openlineage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.openlineage.client.OpenLineage;
import io.openlineage.client.OpenLineage.RunEvent;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class RunEventSenderTest {
  private static final Duration LONG = Duration.ofHours(1);

  private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
  private final List<RunEvent> arrived = new CopyOnWriteArrayList<>();

  @Test
  void shouldSendInOrderAndWhatWaitsWhenItIsClosed() {
    // given
    List<RunEvent> events = events(50);
    RunEventSender sender =
        sender(
            event -> {
              arrived.add(event);
              return EventDelivery.SENT;
            },
            LONG);
    // when
    events.forEach(sender::send);
    sender.close();
    // then
    assertThat(arrived).containsExactlyElementsOf(events);
    assertThat(count("sent")).isEqualTo(50);
    assertThat(count("dropped")).isZero();
  }

  @Test
  void shouldSendAnEventAgainUntilItIsTaken() {
    // given: a service that is away for the first three calls
    AtomicInteger calls = new AtomicInteger();
    List<RunEvent> events = events(2);
    RunEventSender sender =
        sender(
            event -> {
              if (calls.incrementAndGet() <= 3) {
                return EventDelivery.FAILED;
              }
              arrived.add(event);
              return EventDelivery.SENT;
            },
            Duration.ofMillis(1));
    // when
    events.forEach(sender::send);
    // then
    await().until(() -> arrived.size() == 2);
    assertThat(arrived).containsExactlyElementsOf(events);
    sender.close();
  }

  @Test
  void shouldGoOnAfterAnEventThatIsNeverTaken() {
    // given
    List<RunEvent> events = events(3);
    RunEventSender sender =
        sender(
            event -> {
              arrived.add(event);
              return arrived.size() == 2 ? EventDelivery.REJECTED : EventDelivery.SENT;
            },
            LONG);
    // when
    events.forEach(sender::send);
    sender.close();
    // then
    assertThat(arrived).containsExactlyElementsOf(events);
    assertThat(count("rejected")).isEqualTo(1);
    assertThat(count("sent")).isEqualTo(2);
  }

  @Test
  void shouldDropTheOldestOfTooManyAndNeverWait() throws Exception {
    // given: a service that hangs
    CountDownLatch hangs = new CountDownLatch(1);
    List<RunEvent> events = events(RunEventSender.MOST_WAITING + 10);
    RunEventSender sender =
        sender(
            event -> {
              try {
                hangs.await();
              } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
              }
              arrived.add(event);
              return EventDelivery.SENT;
            },
            LONG);
    // when
    events.forEach(sender::send);
    // then
    assertThat(sender.waiting()).isEqualTo(RunEventSender.MOST_WAITING);
    assertThat(count("dropped")).isEqualTo(10);
    hangs.countDown();
    sender.close();
    assertThat(arrived).endsWith(events.get(events.size() - 1));
  }

  @Test
  void shouldGiveUpWhatTheServiceDoesNotTakeWhenItIsClosed() {
    // given
    RunEventSender sender = sender(event -> EventDelivery.FAILED, LONG);
    // when
    events(3).forEach(sender::send);
    sender.close();
    sender.send(events(1).get(0));
    // then
    assertThat(sender.waiting()).isZero();
    assertThat(count("dropped")).isEqualTo(3);
  }

  private RunEventSender sender(Function<RunEvent, EventDelivery> transport, Duration pause) {
    return new RunEventSender(transport, () -> {}, registry, pause);
  }

  private double count(String result) {
    return registry.get("stillstream.openlineage.events").tag("result", result).counter().count();
  }

  private static List<RunEvent> events(int count) {
    OpenLineage library = new OpenLineage(URI.create("urn:test"));
    return IntStream.range(0, count).mapToObj(i -> library.newRunEventBuilder().build()).toList();
  }
}
