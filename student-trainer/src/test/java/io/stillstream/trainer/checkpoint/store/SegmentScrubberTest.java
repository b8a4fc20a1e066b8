package io.stillstream.trainer.checkpoint.store;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SegmentScrubberTest {
  /** So that a stretch of 16 MiB ends within a segment. */
  private static final int BYTES = 20 << 20;

  @TempDir Path directory;
  private final TreeMap<String, SegmentEntry> segments = new TreeMap<>();
  private SegmentScrubber scrubber;

  @BeforeEach
  void write() throws IOException {
    for (String name : List.of("a", "b", "c")) {
      byte[] bytes = new byte[BYTES];
      bytes[0] = (byte) name.charAt(0);
      CRC32C crc = new CRC32C();
      crc.update(bytes);
      Files.write(directory.resolve(name), bytes);
      segments.put(name, new SegmentEntry(BYTES, crc.getValue(), 1));
    }
    scrubber = new SegmentScrubber(directory);
  }

  @Test
  void shouldFindNothingWhereNothingIsDamaged() {
    assertThat(found(20)).isEmpty();
    assertThat(new SegmentScrubber(directory).next(new TreeMap<>())).isEmpty();
  }

  @Test
  void shouldFindADamagedSegmentWithinOneTurn() throws IOException {
    // given
    assertThat(found(6)).isEmpty();

    // when
    byte[] bytes = Files.readAllBytes(directory.resolve("b"));
    bytes[BYTES / 2] ^= 1;
    Files.write(directory.resolve("b"), bytes);

    // then: 60 MiB are four stretches, and one had begun
    assertThat(found(5)).contains("b").doesNotContain("a", "c");
  }

  @Test
  void shouldFindASegmentThatCannotBeRead() throws IOException {
    // when
    Files.delete(directory.resolve("c"));

    // then
    assertThat(found(4)).containsOnly("c");
  }

  @Test
  void shouldGoOnWhenTheSegmentThatItReadsIsNotNeededAnyMore() {
    // given
    assertThat(found(1)).isEmpty();

    // when
    segments.remove("a");

    // then
    assertThat(found(10)).isEmpty();
  }

  private List<String> found(int stretches) {
    List<String> found = new ArrayList<>();
    for (int stretch = 0; stretch < stretches; stretch++) {
      scrubber.next(segments).ifPresent(found::add);
    }
    return found;
  }
}
