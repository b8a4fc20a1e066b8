package io.stillstream.augmenter.fetch.prefetch;

import static org.assertj.core.api.Assertions.assertThat;

import io.stillstream.augmenter.fetch.FetchSettings;
import io.stillstream.augmenter.fetch.ObjectRejection;
import io.stillstream.augmenter.fetch.RejectedObjectException;
import io.stillstream.augmenter.fetch.UnavailableObjectException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.Test;

final class PrefetchWindowTest {
  private static final Object OWNER = "owner";
  private static final FetchedObject OBJECT = new FetchedObject(new byte[0], "");

  private final PrefetchWindow window =
      new PrefetchWindow(
          new FetchSettings(
              List.of(),
              Optional.empty(),
              Optional.empty(),
              10,
              100,
              4,
              100,
              Duration.ofSeconds(1),
              Duration.ofSeconds(1)));

  @Test
  void shouldBeginInTheOrderOfAPartition() {
    // given
    add(0, 7);
    add(0, 5);
    add(0, 6);

    // then
    assertThat(beginAll()).containsExactly("0@5", "0@6", "0@7");
  }

  @Test
  void shouldShareObjectsAmongPartitions() {
    // given: a poll gives all records of one partition before those of the next
    for (int partition = 0; partition < 2; partition++) {
      for (int offset = 0; offset < 10; offset++) {
        add(partition, offset);
      }
    }

    // then
    assertThat(beginAll()).containsExactly("0@0", "1@0", "0@1", "1@1");
    assertThat(window.objects()).isEqualTo(4);

    // when: the processing of one partition is ahead
    PrefetchEntry done = window.find(1, 0).orElseThrow();
    window.succeed(done, OBJECT);
    window.remove(done);

    // then
    assertThat(beginAll()).containsExactly("1@2");
  }

  @Test
  void shouldExceedTheLimitsOnlyForTheOneWhoseTurnItIs() {
    // given
    add(0, 0);
    add(0, 1);
    PrefetchEntry large = window.beginNext().orElseThrow();
    PrefetchEntry next = window.beginNext().orElseThrow();
    assertThat(window.reserve(large, 90)).isTrue();

    // then
    assertThat(window.reserve(next, 11)).isFalse();
    assertThat(window.reserve(next, 10)).isTrue();
    assertThat(window.bytes()).isEqualTo(100);

    // when
    next.urgent = true;

    // then
    assertThat(window.reserve(next, 1000)).isTrue();
    assertThat(window.bytes()).isEqualTo(1090);
    assertThat(window.reserve(large, 80)).as("gives back").isTrue();
    assertThat(window.bytes()).isEqualTo(1080);
  }

  @Test
  void shouldBeginAgainAtTheSamePlace() {
    // given
    add(0, 0);
    add(0, 1);
    add(0, 2);
    PrefetchEntry first = window.beginNext().orElseThrow();
    window.reserve(first, 50);

    // when: its store is away, until another object could be read
    window.fail(first, new UnavailableObjectException("away", null));
    window.begin(window.find(0, 1).orElseThrow());
    window.succeed(window.find(0, 1).orElseThrow(), OBJECT);

    // then
    assertThat(window.bytes()).isZero();
    assertThat(window.objects()).isEqualTo(1);
    assertThat(beginAll()).containsExactly("0@0", "0@2");
  }

  @Test
  void shouldBeginNothingWhileAStoreIsAwayOrAReadWaitsForRoom() {
    // given
    add(0, 0);
    add(0, 1);
    PrefetchEntry first = window.beginNext().orElseThrow();

    // when
    window.waitForRoom(1);

    // then
    assertThat(window.beginNext()).isEmpty();
    window.waitForRoom(-1);

    // when
    window.fail(first, new UnavailableObjectException("away", null));

    // then: until its turn has come, and it was answered
    assertThat(window.beginNext()).isEmpty();
    window.begin(first);
    assertThat(window.beginNext()).map(PrefetchWindowTest::name).hasValue("0@1");
    window.fail(window.find(0, 1).orElseThrow(), new UnavailableObjectException("away", null));
    assertThat(window.beginNext()).as("a second one").isEmpty();
    window.fail(
        first, new RejectedObjectException(ObjectRejection.NOT_ALLOWED, "no store was asked"));
    assertThat(window.beginNext()).isEmpty();
    window.remove(first);
    add(0, 0);
    PrefetchEntry again = window.find(0, 0).orElseThrow();
    window.begin(again);
    window.fail(again, new RejectedObjectException(ObjectRejection.NOT_FOUND, "gone"));
    assertThat(beginAll()).containsExactly("0@1");
  }

  @Test
  void shouldFreeWhatIsForgotten() {
    // given: one is there, one on its way, one waits
    add(0, 0);
    add(0, 1);
    PrefetchEntry done = window.beginNext().orElseThrow();
    PrefetchEntry running = window.beginNext().orElseThrow();
    window.reserve(done, 10);
    window.reserve(running, 20);
    window.succeed(done, OBJECT);
    add(0, 2);

    // when
    window.removeIf(entry -> true);

    // then: what is on its way takes room until it ends
    assertThat(window.find(0, 2)).isEmpty();
    assertThat(window.isEmpty()).isFalse();
    assertThat(window.objects()).isEqualTo(1);
    assertThat(window.bytes()).isEqualTo(20);
    window.succeed(running, OBJECT);
    assertThat(window.isEmpty()).isTrue();
    assertThat(window.beginNext()).isEmpty();
  }

  @Test
  void shouldForgetRecordsThatAreDoneWith() {
    // given
    add(0, 0);
    add(0, 1);
    add(0, 2);
    add(1, 0);

    // then
    assertThat(window.removeUpTo(2, 9)).isFalse();
    assertThat(window.removeUpTo(0, 1)).isTrue();
    assertThat(window.removeUpTo(0, 1)).isFalse();
    assertThat(beginAll()).containsExactly("0@2", "1@0");
  }

  @Test
  void shouldKeepARecordThatIsPolledAgainByAnother() {
    // given
    add(0, 0);
    PrefetchEntry first = window.beginNext().orElseThrow();

    // when
    Object other = "other";
    window.add(new PrefetchEntry(record(0, 0), other));

    // then
    assertThat(window.find(0, 0)).hasValue(first);
    assertThat(first.owner).isSameAs(other);
    assertThat(window.beginNext()).isEmpty();
  }

  private void add(int partition, long offset) {
    window.add(new PrefetchEntry(record(partition, offset), OWNER));
  }

  private static ConsumerRecord<byte[], byte[]> record(int partition, long offset) {
    return new ConsumerRecord<>("images", partition, offset, null, new byte[0]);
  }

  private List<String> beginAll() {
    return Stream.generate(window::beginNext)
        .takeWhile(Optional::isPresent)
        .map(entry -> name(entry.get()))
        .toList();
  }

  private static String name(PrefetchEntry entry) {
    return entry.at.partition() + "@" + entry.at.offset();
  }
}
