package io.stillstream.augmenter.fetch.prefetch;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.stillstream.augmenter.fetch.FakeObjectSource;
import io.stillstream.augmenter.fetch.FetchSettings;
import io.stillstream.augmenter.fetch.ObjectReference;
import io.stillstream.augmenter.fetch.ObjectRejection;
import io.stillstream.augmenter.fetch.ObjectRoom;
import io.stillstream.augmenter.fetch.ObjectSource;
import io.stillstream.augmenter.fetch.RejectedObjectException;
import io.stillstream.augmenter.fetch.UnavailableObjectException;
import io.stillstream.augmenter.metrics.FetchMetrics;
import io.stillstream.augmenter.metrics.MicrometerFetchMetrics;
import io.stillstream.runtime.records.BadRecordException;
import io.stillstream.runtime.records.RecordCoordinates;
import io.stillstream.schemas.values.Sha256;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.LongStream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
final class ObjectPrefetcherTest {
  private static final Object OWNER = new Object();
  private static final Duration LONG = Duration.ofSeconds(50);
  private static final int MAX_BYTES = 100;

  private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
  private final FetchMetrics metrics = new MicrometerFetchMetrics(meters, List.of());
  private final CountDownLatch closing = new CountDownLatch(1);
  private final FakeObjectSource source = new FakeObjectSource();
  private ObjectPrefetcher prefetcher = prefetcher(source, 4, 8, 1000, LONG);

  @AfterEach
  void close() {
    prefetcher.close();
  }

  @Test
  void shouldGiveObjectsInTheOrderOfRecordsWhateverOrderTheyArriveIn() {
    // given
    put(4);
    source.hold("o0");
    source.hold("o1");

    // when: the later ones are there first
    offer(0, 0, 4);
    await().until(() -> source.begun().size() == 4 && source.running() == 2);
    CompletableFuture<FetchedObject> first = CompletableFuture.supplyAsync(() -> fetch(0, 0));
    source.letGo("o1");
    source.letGo("o0");

    // then
    assertThat(first.join().bytes()).isEqualTo(bytes("o0"));
    assertThat(first.join().sha256()).isEqualTo(Sha256.hex("o0"));
    for (int offset = 1; offset < 4; offset++) {
      assertThat(fetch(0, offset).bytes()).isEqualTo(bytes("o" + offset));
      prefetcher.processed(at(0, offset));
    }
    assertThat(source.begun()).containsExactlyInAnyOrder("o0", "o1", "o2", "o3");
    assertThat(meters.counter("augmenter.fetch.objects", "result", "ok").count()).isEqualTo(4);
    awaitIdle();
  }

  @Test
  void shouldHoldNoMoreObjectsThanAllowed() {
    // given
    put(20);

    // when
    offer(0, 0, 20);

    // then
    await().until(() -> held("objects") == 8 && held("bytes") == 16);
    assertThat(source.begun()).hasSize(8);

    // when
    prefetcher.processed(at(0, 2));

    // then: as many as were taken
    await().until(() -> source.begun().size() == 11 && held("bytes") == 5 * 2 + 2 * 2 + 3);
    assertThat(held("objects")).isEqualTo(8);
  }

  @Test
  void shouldUseNoMoreThreadsThanAllowed() {
    // given
    put(8);
    LongStream.range(0, 8).forEach(i -> source.hold("o" + i));

    // when
    offer(0, 0, 8);

    // then
    await().until(() -> source.running() == 4);
    assertThat(source.begun()).containsExactlyInAnyOrder("o0", "o1", "o2", "o3");
    LongStream.range(0, 8).forEach(i -> source.letGo("o" + i));
    await().until(() -> held("objects") == 8 && held("bytes") == 16);
  }

  @Test
  void shouldReserveTheSizesThatRecordsName() {
    // given
    LongStream.range(0, 12).forEach(i -> source.put("l" + i, new byte[90]));
    LongStream.range(0, 12).forEach(i -> source.hold("l" + i));

    // when
    prefetcher.offer(
        LongStream.range(0, 12).mapToObj(i -> record(0, i, "l" + i + " 90")).toList(), OWNER);

    // then
    await().until(() -> source.running() == 4);
    assertThat(held("bytes")).isEqualTo(360);

    // when
    LongStream.range(0, 12).forEach(i -> source.letGo("l" + i));

    // then
    await().until(() -> source.begun().size() == 8 && held("bytes") == 720);
  }

  @Test
  void shouldReserveTheLargestObjectIfNobodyKnowsTheSize() {
    // given: room for two of the largest
    restart(250);
    put(8);
    LongStream.range(0, 8).forEach(i -> source.hold("o" + i));

    // when
    offer(0, 0, 8);

    // then
    await().until(() -> source.begun().size() == 2);
    assertThat(held("bytes")).isEqualTo(200);

    // when: one turns out to be small
    String small = source.begun().get(0);
    source.letGo(small);

    // then
    await().until(() -> source.begun().size() == 3 && held("bytes") == 202);
    LongStream.range(0, 8)
        .mapToObj(i -> "o" + i)
        .filter(uri -> !uri.equals(small))
        .forEach(source::letGo);
    await().until(() -> held("objects") == 8 && held("bytes") == 16);
  }

  @Test
  void shouldReserveWhatASourceFindsOut() {
    // given: a source that knows sizes from headers; room for two
    prefetcher.close();
    CountDownLatch bodies = new CountDownLatch(1);
    prefetcher =
        prefetcher(
            new ObjectSource() {
              @Override
              public byte[] read(ObjectReference reference) {
                throw new AssertionError("room must be asked for");
              }

              @Override
              public byte[] read(ObjectReference reference, ObjectRoom room)
                  throws InterruptedException {
                room.reserve(40);
                bodies.await();
                return new byte[40];
              }

              @Override
              public void close() {}
            },
            4,
            8,
            100,
            LONG);

    // when
    offer(0, 0, 8);

    // then
    await().until(() -> held("bytes") == 80);
    bodies.countDown();
    assertThat(fetch(0, 0).bytes()).hasSize(40);
    for (int offset = 0; offset < 8; offset++) {
      assertThat(fetch(0, offset).bytes()).hasSize(40);
      assertThat(held("bytes")).as("the turn may exceed it by one").isLessThanOrEqualTo(140);
      prefetcher.processed(at(0, offset));
    }
    awaitIdle();
  }

  @Test
  void shouldFetchTheOneWhoseTurnItIsAlthoughOthersHoldEverything() {
    // given: all threads, objects and bytes are in use by a partition that is not processed
    prefetcher.close();
    prefetcher = prefetcher(source, 2, 2, 200, LONG);
    put(2);
    source.hold("o0");
    source.hold("o1");
    offer(0, 0, 2);
    await().until(() -> source.running() == 2 && held("bytes") == 200);

    // when
    source.put("other", bytes("x"));
    prefetcher.offer(List.of(record(1, 0, "other")), OWNER);
    FetchedObject object = prefetcher.fetch(at(1, 0), reference("other"));

    // then
    assertThat(object.bytes()).isEqualTo(bytes("x"));
    assertThat(source.running()).isEqualTo(2);
    prefetcher.processed(at(1, 0));
    assertThat(held("objects")).isEqualTo(2);
    source.letGo("o0");
    source.letGo("o1");
  }

  @Test
  void shouldLetAFetchThatWaitsForRoomGoWhenItsTurnComes() {
    // given: the first waits for the room that the second has, which comes later
    restart(100);
    source.put("large", new byte[60]);
    source.put("small", new byte[50]);
    prefetcher.offer(List.of(record(1, 0, "small 50")), OWNER);
    await().until(() -> held("bytes") == 50 && source.running() == 0);
    prefetcher.offer(List.of(record(0, 0, "large 60")), OWNER);
    await().until(() -> held("objects") == 2);

    // when
    FetchedObject object = prefetcher.fetch(at(0, 0), reference("large 60"));

    // then
    assertThat(object.bytes()).hasSize(60);
    await().until(() -> held("bytes") == 110);
  }

  @Test
  void shouldFetchARecordThatWasNotPolledHere() {
    // given
    put(1);

    // when
    FetchedObject object = fetch(0, 0);

    // then: a second try finds it
    assertThat(object.bytes()).isEqualTo(bytes("o0"));
    assertThat(fetch(0, 0)).isSameAs(object);
    assertThat(source.begun()).containsExactly("o0");
    prefetcher.processed(at(0, 0));
    awaitIdle();
  }

  @Test
  void shouldKeepNothingOfRecordsWithoutAnObject() {
    // when: by value, and one that nobody can read
    prefetcher.offer(List.of(record(0, 0, ""), record(0, 1, "bad")), OWNER);

    // then: the second is for its turn to tell
    await().until(() -> held("objects") == 0);
    assertThat(source.begun()).isEmpty();
    prefetcher.processed(at(0, 1));
    awaitIdle();
  }

  @Test
  void shouldRejectWhenItsTurnComes() {
    // given
    put(1);
    prefetcher.offer(List.of(record(0, 0, "o0 7"), record(0, 1, "gone")), OWNER);
    await().until(() -> source.begun().size() == 2 && source.running() == 0);

    // then: as often as it is asked for
    assertRejected(0, "o0 7", ObjectRejection.CHANGED);
    assertRejected(0, "o0 7", ObjectRejection.CHANGED);
    assertRejected(1, "gone", ObjectRejection.NOT_FOUND);
    assertThat(source.begun()).hasSize(2);
    assertThat(meters.counter("augmenter.fetch.objects", "result", "not_found").count())
        .isEqualTo(1);
    prefetcher.processed(at(0, 1));
    awaitIdle();
  }

  @Test
  void shouldLeaveAnAbsentStoreToTheRecordWhoseTurnItIs() {
    // given: an outage
    put(40);
    source.setAway(true);
    offer(0, 0, 40);
    await().until(() -> source.begun().size() == 4 && held("objects") == 0);

    // when: the first record tries again and again
    for (int i = 0; i < 3; i++) {
      assertThatThrownBy(() -> fetch(0, 0)).isInstanceOf(UnavailableObjectException.class);
      await().until(() -> held("objects") == 0);
    }

    // then: with each try another is tried, too
    assertThat(source.begun().subList(4, 10))
        .containsExactlyInAnyOrder("o0", "o0", "o0", "o1", "o1", "o2");
    await().until(() -> held("objects") == 0 && held("bytes") == 0);

    // when: the store is back
    source.setAway(false);
    assertThat(fetch(0, 0).bytes()).isEqualTo(bytes("o0"));

    // then: the others are fetched ahead again
    await().until(() -> source.begun().size() == 10 + 8);
    for (int offset = 0; offset < 8; offset++) {
      assertThat(fetch(0, offset).bytes()).isEqualTo(bytes("o" + offset));
    }
    assertThat(source.begun()).as("one has failed too often to be ahead").hasSize(10 + 8 + 1);
    assertThat(meters.counter("augmenter.fetch.retries").count()).isEqualTo(6 + 4);
  }

  @Test
  void shouldTryAnotherObjectBesideAnUnavailableOne() {
    // given: whether the store refuses one or all, only another object can tell; it comes later
    put(4);
    source.fail("o0", new UnavailableObjectException("refused", null));
    assertThatThrownBy(() -> fetch(0, 0)).isInstanceOf(UnavailableObjectException.class);
    offer(0, 1, 3);
    assertThat(source.begun()).containsExactly("o0");

    // when
    assertThatThrownBy(() -> fetch(0, 0)).isInstanceOf(UnavailableObjectException.class);

    // then
    await().until(() -> source.begun().contains("o1"));
  }

  @Test
  void shouldNotAskForOneUnavailableObjectForEver() {
    // given: one object whose store always denies it
    put(40);
    source.fail("o0", new UnavailableObjectException("denied", null));

    // when: the others are processed by another thread, as of another partition
    offer(0, 0, 1);
    prefetcher.offer(LongStream.range(1, 40).mapToObj(i -> record(1, i, "o" + i)).toList(), OWNER);
    for (int offset = 1; offset < 40; offset++) {
      assertThat(prefetcher.fetch(at(1, offset), reference("o" + offset)).bytes())
          .isEqualTo(bytes("o" + offset));
      prefetcher.processed(at(1, offset));
    }

    // then
    await().until(() -> source.begun().contains("o0") && source.running() == 0);
    assertThat(source.begun().stream().filter("o0"::equals).count()).isLessThanOrEqualTo(3);

    // when
    source.repair("o0");

    // then
    assertThat(fetch(0, 0).bytes()).isEqualTo(bytes("o0"));
    prefetcher.processed(at(0, 0));
    awaitIdle();
  }

  @Test
  void shouldTryAgainAfterAnUnexpectedFailure() {
    // given
    put(1);
    source.fail("o0", new IllegalStateException("a bug"));
    offer(0, 0, 1);
    await().until(() -> !source.begun().isEmpty() && source.running() == 0);

    // then
    assertThatThrownBy(() -> fetch(0, 0)).hasMessage("a bug");
    source.repair("o0");
    assertThat(fetch(0, 0).bytes()).isEqualTo(bytes("o0"));
    prefetcher.processed(at(0, 0));
    awaitIdle();
  }

  @Test
  void shouldGiveUpWaitingInTimeAndFindTheObjectLater() {
    // given
    prefetcher.close();
    prefetcher = prefetcher(source, 4, 8, 1000, Duration.ofMillis(1));
    put(1);
    source.hold("o0");

    // when
    assertThatThrownBy(() -> fetch(0, 0))
        .isInstanceOf(UnavailableObjectException.class)
        .hasMessageContaining("images-0@0");
    assertThatThrownBy(() -> fetch(0, 0)).isInstanceOf(UnavailableObjectException.class);
    source.letGo("o0");
    await().until(() -> source.running() == 0);

    // then: it was on its way all the time
    await()
        .ignoreExceptionsInstanceOf(UnavailableObjectException.class)
        .until(() -> fetch(0, 0).sha256().equals(Sha256.hex("o0")));
    assertThat(source.begun()).containsExactly("o0");
  }

  @Test
  void shouldGiveUpWaitingWhenTheServiceCloses() {
    // given: the wait would last for 50 s
    put(1);
    source.hold("o0");
    CompletableFuture<FetchedObject> turn = CompletableFuture.supplyAsync(() -> fetch(0, 0));
    await().until(() -> source.running() == 1);

    // when
    closing.countDown();

    // then
    assertThatThrownBy(() -> turn.get(20, TimeUnit.SECONDS))
        .hasCauseInstanceOf(UnavailableObjectException.class);
  }

  @Test
  void shouldReleaseWhatIsNeverTaken() {
    // given: some objects are there, some on their way, some not begun
    put(20);
    source.hold("o3");
    offer(0, 0, 10);
    prefetcher.offer(LongStream.range(10, 20).mapToObj(i -> record(1, i, "o" + i)).toList(), "B");
    await().until(() -> held("objects") == 8 && source.running() == 1);

    // when: one partition is revoked, the consumer of the other is closed
    prefetcher.revoked(0);
    prefetcher.release("B");

    // then: the room of the one on its way is free when it ends
    await().until(() -> held("objects") == 1);
    source.letGo("o3");
    awaitIdle();

    // when: the records are polled again
    offer(0, 0, 10);

    // then
    await().until(() -> held("objects") == 8);
    assertThat(fetch(0, 0).bytes()).isEqualTo(bytes("o0"));
  }

  @Test
  void shouldReleaseAFetchThatWaitsForRoom() {
    // given
    restart(100);
    source.put("a", new byte[90]).put("b", new byte[90]);
    prefetcher.offer(List.of(record(0, 0, "a 90")), OWNER);
    await().until(() -> held("bytes") == 90 && source.running() == 0);
    prefetcher.offer(List.of(record(0, 1, "b 90")), OWNER);
    await().until(() -> held("objects") == 2);

    // when
    prefetcher.revoked(0);

    // then: it was not read
    awaitIdle();
    assertThat(source.begun()).containsExactly("a");
  }

  @Test
  void shouldEndAllFetchesWhenClosed() {
    // given
    put(8);
    LongStream.range(0, 8).forEach(i -> source.hold("o" + i));
    offer(0, 0, 8);
    await().until(() -> source.running() == 4);

    // when
    prefetcher.close();

    // then
    awaitIdle();
    assertThat(source.running()).isZero();
    assertThatThrownBy(() -> fetch(0, 0)).isInstanceOf(UnavailableObjectException.class);
    offer(0, 0, 8);
    awaitIdle();
  }

  private void restart(long maxTotalBytes) {
    prefetcher.close();
    prefetcher = prefetcher(source, 4, 8, maxTotalBytes, LONG);
  }

  private ObjectPrefetcher prefetcher(
      ObjectSource from, int threads, int maxObjects, long maxTotalBytes, Duration wait) {
    return new ObjectPrefetcher(
        new FetchSettings(
            List.of(),
            Optional.empty(),
            Optional.empty(),
            threads,
            MAX_BYTES,
            maxObjects,
            maxTotalBytes,
            Duration.ofSeconds(1),
            Duration.ofSeconds(1)),
        from,
        record -> {
          String text = new String(record.value(), UTF_8);
          if (text.equals("bad")) {
            throw new BadRecordException("malformed", "bad");
          }
          return text.isEmpty() ? Optional.empty() : Optional.of(reference(text));
        },
        new ResultWait(wait, closing),
        metrics);
  }

  /** Objects o0, o1 and so on; each holds its name. */
  private void put(int count) {
    LongStream.range(0, count).forEach(i -> source.put("o" + i, bytes("o" + i)));
  }

  private void offer(int partition, long first, int count) {
    prefetcher.offer(
        LongStream.range(first, first + count)
            .mapToObj(offset -> record(partition, offset, "o" + offset))
            .toList(),
        OWNER);
  }

  private FetchedObject fetch(int partition, long offset) {
    return prefetcher.fetch(at(partition, offset), reference("o" + offset));
  }

  private void assertRejected(long offset, String text, ObjectRejection reason) {
    assertThatThrownBy(() -> prefetcher.fetch(at(0, offset), reference(text)))
        .isInstanceOfSatisfying(
            RejectedObjectException.class, e -> assertThat(e.reason()).isEqualTo(reason));
  }

  private void awaitIdle() {
    await().until(prefetcher::isIdle);
    assertThat(held("objects")).isZero();
    assertThat(held("bytes")).isZero();
  }

  private double held(String what) {
    return meters.get("augmenter.fetch." + what + ".held").gauge().value();
  }

  /** The address, or the address and the size. */
  private static ObjectReference reference(String text) {
    String[] parts = text.split(" ", -1);
    return new ObjectReference(
        parts[0],
        parts.length == 1 ? OptionalLong.empty() : OptionalLong.of(Long.parseLong(parts[1])),
        Optional.empty());
  }

  private static RecordCoordinates at(int partition, long offset) {
    return new RecordCoordinates("images", partition, offset);
  }

  private static ConsumerRecord<byte[], byte[]> record(int partition, long offset, String text) {
    return new ConsumerRecord<>("images", partition, offset, null, bytes(text));
  }

  private static byte[] bytes(String text) {
    return text.getBytes(UTF_8);
  }
}
