package io.stillstream.local.topics;

import static org.assertj.core.api.Assertions.assertThat;

import io.stillstream.local.terminal.TaskProgress;
import io.stillstream.local.terminal.TerminalWriter;
import java.io.StringWriter;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

final class TopicReadProgressTest {
  private final StringWriter text = new StringWriter();
  private final AtomicLong now = new AtomicLong();
  private final TaskProgress shown =
      new TaskProgress(new TerminalWriter(text), "records", now::get);

  @Test
  void shouldCountOffsetsThatHaveNoRecordAsPassed() {
    // given: 10 offsets of one partition, 100 of another
    TopicReadProgress progress =
        new TopicReadProgress(Map.of(0, 5L, 1, 0L), Map.of(0, 15L, 1, 100L), shown);

    // when: records are missing between, as after compaction
    passes(progress, 0, 5);
    passes(progress, 0, 14);
    passes(progress, 1, 0);
    passes(progress, 1, 99);

    // then
    assertThat(text.toString().lines().map(line -> line.replaceAll(",[^,]*/s.*", "")))
        .containsExactly(
            "1 of 110 records, 0 %",
            "10 of 110 records, 9 %", "11 of 110 records, 10 %", "110 of 110 records, 100 %");
  }

  @Test
  void shouldTakeAnEmptyTopic() {
    // given: all of it expired, and a partition that came while the ends were asked for
    TopicReadProgress progress = new TopicReadProgress(Map.of(0, 7L), Map.of(0, 7L, 1, 0L), shown);

    // when
    passes(progress, 2, 40);

    // then
    assertThat(text).hasToString("1 of 0 records, 0.1/s, 0 s left\n");
  }

  private void passes(TopicReadProgress progress, int partition, long offset) {
    now.addAndGet(TimeUnit.SECONDS.toNanos(10));
    progress.passed(partition, offset);
  }
}
