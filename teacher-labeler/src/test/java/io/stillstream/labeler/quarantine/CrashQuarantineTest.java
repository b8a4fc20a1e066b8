package io.stillstream.labeler.quarantine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.stillstream.labeler.metrics.MicrometerLabelerMetrics;
import io.stillstream.labeler.quarantine.CrashQuarantine.InFlightMark;
import io.stillstream.runtime.config.StartupException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.stream.LongStream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A process that dies is one whose quarantine is not closed. */
class CrashQuarantineTest {
  private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
  private final MicrometerLabelerMetrics metrics = new MicrometerLabelerMetrics(meters, 3);

  @TempDir private Path directory;

  @Test
  void shouldSuspectNothingAfterARegularEnd() {
    // given
    CrashQuarantine first = open();
    mark(first, 1, 2, 3);
    first.close();

    // when
    CrashQuarantine second = open();

    // then
    assertThat(second.suspectsIn(records(1, 2, 3))).isEmpty();
    assertThat(known()).isZero();
  }

  @Test
  void shouldSuspectWhatWasInFlightAtDeath() {
    // given
    CrashQuarantine first = open();
    InFlightMark done = mark(first, 1, 2);
    InFlightMark inHand = mark(first, 3, 4);
    InFlightMark inHandToo = mark(first, 5);
    done.close();

    // when
    CrashQuarantine second = open();
    List<ConsumerRecord<byte[], byte[]>> records = records(1, 2, 3, 4, 5, 6);

    // then
    assertThat(second.suspectsIn(records))
        .containsExactlyInAnyOrder(records.get(2), records.get(3), records.get(4));
    assertThat(known()).isEqualTo(3);
    assertThat(second.isRejected(records.get(2))).isFalse();
    assertThat(inHand).isNotSameAs(inHandToo);
  }

  @Test
  void shouldStillSuspectWhenTheProcessDiesBeforeTheRecordWasInferred() {
    // given
    mark(open(), 3);

    // when
    CrashQuarantine third = open();
    assertThat(third.suspectsIn(records(1, 3))).hasSize(1);
    third = open();

    // then
    assertThat(third.suspectsIn(records(1, 3))).hasSize(1);
  }

  @Test
  void shouldClearWhatDidNotCrash() {
    // given
    mark(open(), 3, 4);
    CrashQuarantine second = open();

    // when
    try (InFlightMark alone = second.markAlone(record(3))) {
      alone.clear();
    }

    // then
    assertThat(known()).isEqualTo(1);
    assertThat(open().suspectsIn(records(1, 3, 4))).hasSize(1);
  }

  @Test
  void shouldRejectAfterTheSecondDeathWithTheRecordAlone() {
    // given
    mark(open(), 3, 4);
    CrashQuarantine second = open();
    InFlightMark first = second.markAlone(record(3));

    // when
    CrashQuarantine third = open();

    // then
    assertThat(third.isRejected(record(3))).isFalse();

    // when
    InFlightMark again = third.markAlone(record(3));
    CrashQuarantine fourth = open();

    // then
    assertThat(fourth.isRejected(record(3))).isTrue();
    assertThat(fourth.isRejected(record(4))).isFalse();
    assertThat(fourth.suspectsIn(records(3, 4))).hasSize(2);
    assertThat(first).isNotSameAs(again);
  }

  @Test
  void shouldNotConfuseAnotherRecordAtTheSameOffset() {
    // given
    mark(open(), 3);

    // then
    assertThat(
            open()
                .suspectsIn(
                    List.of(
                        record(1),
                        new ConsumerRecord<>("views", 1, 3, null, null),
                        new ConsumerRecord<>("others", 0, 3, null, null))))
        .isEmpty();
  }

  @Test
  void shouldForgetWhatHasBeenCommittedMeanwhile() {
    // given
    mark(open(), 3, 4, 9);
    CrashQuarantine second = open();

    // when
    assertThat(second.suspectsIn(records(5, 6))).isEmpty();

    // then
    assertThat(known()).isEqualTo(1);
    assertThat(open().suspectsIn(records(3, 4, 9))).hasSize(1);
  }

  @Test
  void shouldReadATruncatedFile() throws IOException {
    // given
    mark(open(), 3, 4);
    Path file = directory.resolve("group-0").resolve("in-hand-0");
    String text = Files.readString(file);
    Files.writeString(file, text.substring(0, text.length() - 1));
    Files.write(file.resolveSibling("in-hand-7"), new byte[] {-1, 0, 10, 32, 32, 32, 32, 10});
    Files.writeString(
        file.resolveSibling("known"),
        "views 0 x y 0\nviews 0 8 -1 many\n",
        StandardOpenOption.CREATE);

    // when
    CrashQuarantine second = open();

    // then
    assertThat(second.suspectsIn(records(3, 4, 8)))
        .extracting(ConsumerRecord::offset)
        .containsExactlyInAnyOrder(3L, 8L);
  }

  @Test
  void shouldKeepInstancesApart() {
    // given
    mark(open(), 3);

    // then
    assertThat(CrashQuarantine.open(directory, "group/1", metrics).suspectsIn(records(3)))
        .isEmpty();
    assertThat(open().suspectsIn(records(3))).hasSize(1);
  }

  @Test
  void shouldFailWhenTheDirectoryIsNotUsable() throws IOException {
    // given
    Path file = Files.writeString(directory.resolve("file"), "");

    // then
    assertThatExceptionOfType(StartupException.class)
        .isThrownBy(() -> CrashQuarantine.open(file, "group-0", metrics))
        .withMessageStartingWith("state-directory: cannot be written to: ")
        .withMessageContaining(file.toString());
  }

  private CrashQuarantine open() {
    return CrashQuarantine.open(directory, "group-0", metrics);
  }

  private double known() {
    return meters.get("teacher.suspects").gauge().value();
  }

  private static InFlightMark mark(CrashQuarantine quarantine, long... offsets) {
    return quarantine.markInFlight(records(offsets));
  }

  private static List<ConsumerRecord<byte[], byte[]>> records(long... offsets) {
    return LongStream.of(offsets).mapToObj(CrashQuarantineTest::record).toList();
  }

  private static ConsumerRecord<byte[], byte[]> record(long offset) {
    return new ConsumerRecord<>("views", 0, offset, null, null);
  }
}
