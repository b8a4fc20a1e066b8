package io.stillstream.trainer.replica;

import static org.assertj.core.api.Assertions.assertThat;

import io.stillstream.trainer.ledger.LedgerFiles;
import io.stillstream.trainer.replica.ReplicaManifest.LedgerSegment;
import io.stillstream.trainer.replica.ReplicaManifest.StoredFile;
import io.stillstream.trainer.replica.ReplicaManifest.StoredLedger;
import io.stillstream.trainer.replica.objectstore.InMemoryObjectStore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LedgerTransferTest {
  private static final StoredLedger NONE = new StoredLedger(List.of(), List.of());

  @TempDir Path temp;

  @Test
  void shouldNotCountOnWhatTheCheckpointDoesNotKnow() throws Exception {
    // given
    Path file = temp.resolve("ledger.jsonl");
    Files.writeString(file, "known\nundone\n");
    ChunkedTransfer parts = new ChunkedTransfer(new InMemoryObjectStore(), "cnn/");
    LedgerTransfer copies = new LedgerTransfer(parts, file);
    List<LedgerSegment> there = new ArrayList<>(copies.send(NONE, 6, "run").stretches());
    there.add(new LedgerSegment(6, parts.send(file, 6, 13, "undone").get(0)));

    // when
    StoredLedger matching = copies.matching(new StoredLedger(List.of(), there), 6);

    // then
    assertThat(matching.stretches()).containsExactly(there.get(0));
    assertThat(copies.matching(new StoredLedger(List.of(), there), 13).stretches())
        .isEqualTo(there);
  }

  @Test
  void shouldSendAClosedSegmentOnce() throws Exception {
    // given
    ChunkedTransfer parts = new ChunkedTransfer(new InMemoryObjectStore(), "cnn/");
    LedgerTransfer copies = new LedgerTransfer(parts, temp.resolve("ledger.jsonl"));
    segment("000000000001-0-10-00000001.jsonl.gz", "first");
    Files.writeString(temp.resolve("ledger.jsonl"), "open\n");
    StoredLedger first = copies.send(NONE, 15, "run/1");

    // when
    segment("000000000009-10-20-00000002.jsonl", "second");
    Files.writeString(temp.resolve("ledger.jsonl"), "more\n");
    StoredLedger second = copies.send(first, 25, "run/2");

    // then
    assertThat(first.stretches()).extracting(LedgerSegment::from).containsExactly(10L);
    assertThat(second.segments()).hasSize(2);
    assertThat(second.segments().get(0)).isEqualTo(first.segments().get(0));
    assertThat(second.segments().get(1).parts().get(0).key())
        .startsWith("run/2/ledger/000000000009-10-20-00000002.jsonl");
    assertThat(second.stretches()).extracting(LedgerSegment::from).containsExactly(20L);
    assertThat(copies.matching(second, 25)).isEqualTo(second);
  }

  @Test
  void shouldReplaceWhatRetentionHasRemoved() throws Exception {
    // given
    ChunkedTransfer parts = new ChunkedTransfer(new InMemoryObjectStore(), "cnn/");
    LedgerTransfer copies = new LedgerTransfer(parts, temp.resolve("ledger.jsonl"));
    Path one = segment("000000000001-0-10-00000001.jsonl.gz", "first");
    Path two = segment("000000000009-10-20-00000002.jsonl.gz", "second");
    Path three = segment("000000000019-20-30-00000003.jsonl.gz", "third");
    StoredLedger before = copies.send(NONE, 30, "run/1");
    Files.delete(one);
    Files.delete(two);
    segment("000000000001-0-20-00000004.compacted.jsonl.gz", "summary");

    // when
    StoredLedger after = copies.send(before, 30, "run/2");

    // then
    assertThat(after.segments())
        .extracting(StoredFile::name)
        .containsExactly(
            "000000000001-0-20-00000004.compacted.jsonl.gz", three.getFileName().toString());
  }

  /** Someone deleted a file: the store has the only copy. */
  @Test
  void shouldKeepWhatTheDirectoryHasLost() throws Exception {
    // given
    ChunkedTransfer parts = new ChunkedTransfer(new InMemoryObjectStore(), "cnn/");
    LedgerTransfer copies = new LedgerTransfer(parts, temp.resolve("ledger.jsonl"));
    Path one = segment("000000000001-0-10-00000001.jsonl.gz", "first");
    segment("000000000009-10-20-00000002.jsonl.gz", "second");
    StoredLedger before = copies.send(NONE, 20, "run/1");
    Files.delete(one);

    // then
    assertThat(copies.send(before, 20, "run/2")).isEqualTo(before);
  }

  @Test
  void shouldBringSegmentsBack() throws Exception {
    // given
    InMemoryObjectStore store = new InMemoryObjectStore();
    ChunkedTransfer parts = new ChunkedTransfer(store, "cnn/");
    LedgerTransfer copies = new LedgerTransfer(parts, temp.resolve("ledger.jsonl"));
    segment("000000000001-0-10-00000001.jsonl.gz", "first");
    segment("000000000009-10-20-00000002.jsonl.gz", "second");
    Files.writeString(temp.resolve("ledger.jsonl"), "open\nundone\n");
    StoredLedger stored = copies.send(NONE, 25, "run/1");

    try (FakeTrainingDirectory there = new FakeTrainingDirectory(temp.resolve("there"))) {
      Path folder = Files.createDirectories(there.directory.resolve("ledger"));
      Files.writeString(folder.resolve("000000000001-0-15-00000009.jsonl.gz"), "of another");

      // when
      new LedgerTransfer(parts, there.local.ledger()).restore(stored, 25, there.local);

      // then
      assertThat(there.local.ledger()).hasContent("open\n");
      assertThat(folder)
          .isDirectoryNotContaining("glob:**000000000001-0-15*")
          .isDirectoryContaining("glob:**000000000001-0-10-00000001.jsonl.gz");
      assertThat(folder.resolve("000000000009-10-20-00000002.jsonl.gz")).hasContent("second");

      // and a damaged segment keeps its place, though not its lines
      store.write("cnn/" + stored.segments().get(0).parts().get(0).key(), new byte[5], 5);
      Files.delete(folder.resolve("000000000001-0-10-00000001.jsonl.gz"));
      new LedgerTransfer(parts, there.local.ledger()).restore(stored, 25, there.local);
      assertThat(folder.resolve("000000000001-0-10-00000001.jsonl.gz")).isEmptyFile();
      assertThat(there.local.ledger()).hasContent("open\n");
    }
  }

  /** The open file begins where the last segment ends: without that one no start would find it. */
  @Test
  void shouldBringALedgerBackWhoseLastSegmentIsDamaged() throws Exception {
    // given
    InMemoryObjectStore store = new InMemoryObjectStore();
    ChunkedTransfer parts = new ChunkedTransfer(store, "cnn/");
    segment("000000000001-0-10-00000001.jsonl.gz", "first");
    segment("000000000009-10-20-00000002.jsonl.gz", "second");
    Files.writeString(temp.resolve("ledger.jsonl"), "open\n");
    StoredLedger stored =
        new LedgerTransfer(parts, temp.resolve("ledger.jsonl")).send(NONE, 25, "run/1");
    store.write("cnn/" + stored.segments().get(1).parts().get(0).key(), new byte[6], 6);

    try (FakeTrainingDirectory there = new FakeTrainingDirectory(temp.resolve("there"))) {
      // when
      LedgerTransfer copies = new LedgerTransfer(parts, there.local.ledger());
      copies.restore(stored, 25, there.local);

      // then
      assertThat(new LedgerFiles(there.local.ledger()).list().end()).isEqualTo(20);
      assertThat(there.local.ledger()).hasContent("open\n");
      assertThat(copies.send(copies.matching(stored, 25), 25, "run/2")).isEqualTo(stored);
    }
  }

  /** Until it has become segments, it is in the store as it was. */
  @Test
  void shouldKeepTheStretchesOfAnEarlierVersionsFile() throws Exception {
    // given
    ChunkedTransfer parts = new ChunkedTransfer(new InMemoryObjectStore(), "cnn/");
    LedgerTransfer copies = new LedgerTransfer(parts, temp.resolve("ledger.jsonl"));
    Files.writeString(temp.resolve("ledger.jsonl"), "0123456789\n");
    StoredLedger before = copies.send(NONE, 11, "run/1");
    Path folder = Files.createDirectories(temp.resolve("ledger"));
    Path unsplit = folder.resolve("000000000001-0-11-00000000.unsplit.jsonl");
    Files.move(temp.resolve("ledger.jsonl"), unsplit);
    Files.writeString(temp.resolve("ledger.jsonl"), "new\n");
    segment("000000000001-0-6-00000001.jsonl.gz", "a piece");

    // when
    StoredLedger during = copies.send(copies.matching(before, 15), 15, "run/2");

    // then
    assertThat(during.segments()).isEmpty();
    assertThat(during.stretches()).hasSize(2).startsWith(before.stretches().get(0));
    try (FakeTrainingDirectory there = new FakeTrainingDirectory(temp.resolve("there"))) {
      new LedgerTransfer(parts, there.local.ledger()).restore(during, 15, there.local);
      assertThat(there.local.ledger()).hasContent("0123456789\nnew\n");
    }

    // when
    Files.delete(unsplit);
    segment("000000000005-6-11-00000002.jsonl.gz", "the rest");
    StoredLedger after = copies.send(copies.matching(during, 15), 15, "run/3");

    // then
    assertThat(after.segments()).hasSize(2);
    assertThat(after.stretches()).extracting(LedgerSegment::from).containsExactly(11L);
  }

  private Path segment(String name, String content) throws IOException {
    Path folder = Files.createDirectories(temp.resolve("ledger"));
    return Files.writeString(folder.resolve(name), content);
  }
}
