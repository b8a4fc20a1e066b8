package io.stillstream.student.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.stillstream.student.training.StepReport;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LedgerTest {
  @TempDir Path directory;

  @Test
  void shouldForgetWhatTheCheckpointDoesNotKnow() throws IOException {
    // given
    Path file = directory.resolve("ledger.jsonl");
    long known;
    try (Ledger ledger = new Ledger(file, 0, new Disk())) {
      append(ledger, 1);
      known = ledger.sync();
      append(ledger, 3);
      ledger.sync();
    }

    // when
    try (Ledger ledger = new Ledger(file, known, new Disk())) {
      append(ledger, 5);
      ledger.sync();
    }

    // then
    assertThat(file)
        .hasContent(
            """
            {"epoch":1,"first_step":1,"last_step":2,"offsets":{"0":[10,12]},"views":3,\
            "teachers":["t@1"],"rate":0.004,"loss":[2.5,2.0]}
            {"epoch":1,"first_step":5,"last_step":6,"offsets":{"0":[10,12]},"views":3,\
            "teachers":["t@1"],"rate":0.004,"loss":[2.5,2.0]}
            """);
  }

  @Test
  void shouldKeepLinesUntilTheDiskTakesThem() throws IOException {
    // given
    Path file = directory.resolve("ledger.jsonl");
    FailingDisk disk = new FailingDisk();
    try (Ledger ledger = new Ledger(file, 0, disk)) {
      append(ledger, 1);
      assertThatThrownBy(ledger::sync).hasMessage("disk full");
      append(ledger, 3);

      // when
      disk.isFull = false;
      long length = ledger.sync();

      // then
      assertThat(file).hasSize(length);
      assertThat(Files.readAllLines(file))
          .hasSize(2)
          .satisfies(
              lines -> {
                assertThat(lines.get(0)).contains("\"first_step\":1,");
                assertThat(lines.get(1)).contains("\"first_step\":3,");
              });
    }
  }

  @Test
  void shouldTellOfIncidentsTracesAndSkippedSteps() throws IOException {
    // given
    Path file = directory.resolve("ledger.jsonl");
    StepReport good = new StepReport(2, 2, 0, 1, 0.004, false);
    StepReport bad = new StepReport(Double.NaN, 2, 0, 1, 0.004, true);

    // when
    try (Ledger ledger = new Ledger(file, 0, new Disk())) {
      ledger.append(
          2,
          9,
          Map.of(0, new long[] {1, 1}),
          1,
          List.of(),
          List.of("0af7651916cd43dd8448eb211c80319c"),
          0.004,
          List.of(good, bad, good));
      ledger.append(2, "rollback", 11, Map.of("to_step", "4", "reason", "loss_spike"));
      ledger.sync();
    }

    // then
    assertThat(file)
        .hasContent(
            """
            {"epoch":2,"first_step":9,"last_step":11,"offsets":{"0":[1,1]},"views":1,\
            "teachers":[],"rate":0.004,"loss":[2.0,"NaN",2.0],\
            "traces":["0af7651916cd43dd8448eb211c80319c"],"skipped":[10]}
            {"epoch":2,"event":"rollback","step":11,\
            "details":{"reason":"loss_spike","to_step":"4"}}
            """);
  }

  private static final class FailingDisk extends Disk {
    private boolean isFull = true;

    @Override
    public void sync(Path path) throws IOException {
      if (isFull) {
        throw new IOException("disk full");
      }
      super.sync(path);
    }
  }

  @Test
  void shouldRefuseAnotherLedger() {
    assertThatThrownBy(() -> new Ledger(directory.resolve("ledger.jsonl"), 1, new Disk()))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("has 0 bytes, the checkpoint knows of 1");
  }

  private static void append(Ledger ledger, long step) {
    ledger.append(
        1,
        step,
        Map.of(0, new long[] {10, 12}),
        3,
        List.of("t@1"),
        List.of(),
        0.004,
        List.of(
            new StepReport(2.5, 2, 0.5, 1, 0.004, false),
            new StepReport(2, 2, 0, 1, 0.004, false)));
  }
}
