package io.stillstream.trainer.replica;

import static org.assertj.core.api.Assertions.assertThat;

import io.stillstream.trainer.replica.ReplicaManifest.LedgerSegment;
import io.stillstream.trainer.replica.objectstore.InMemoryObjectStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LedgerTransferTest {
  @TempDir Path temp;

  @Test
  void shouldNotCountOnWhatTheCheckpointDoesNotKnow() throws Exception {
    // given
    Path file = temp.resolve("ledger.jsonl");
    Files.writeString(file, "known\nundone\n");
    ChunkedTransfer parts = new ChunkedTransfer(new InMemoryObjectStore(), "cnn/");
    LedgerTransfer copies = new LedgerTransfer(parts, file);
    List<LedgerSegment> there = new ArrayList<>(copies.send(List.of(), 6, "run"));
    there.add(new LedgerSegment(6, parts.send(file, 6, 13, "undone").get(0)));

    // when
    List<LedgerSegment> matching = copies.matching(there, 6);

    // then
    assertThat(matching).containsExactly(there.get(0));
    assertThat(copies.matching(there, 13)).isEqualTo(there);
  }
}
