package io.stillstream.trainer.trace;

import static org.assertj.core.api.Assertions.assertThat;

import io.stillstream.trainer.ledger.LedgerSearch.RecordOffset;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReleaseLookupTest {
  @TempDir Path directory;

  @Test
  void shouldFindTheFirstWithAllAndTheOneServed() throws IOException {
    // given
    release(2, 0, 100);
    release(3, 100, 200);
    release(4, 200, 300);
    serve(4);

    // when
    ReleaseLookup shelf = new ReleaseLookup(directory, "labeled-views");

    // then
    assertThat(shelf.find(List.of(new RecordOffset(0, 99), new RecordOffset(0, 100))))
        .containsExactly(
            new ImageTrace.ReleaseInfo(3, "champion", 3_000, 1_700_000_000_000L, false, true),
            new ImageTrace.ReleaseInfo(4, "champion", 4_000, 1_700_000_000_000L, true, true));
    assertThat(shelf.find(List.of(new RecordOffset(0, 250))))
        .containsExactly(
            new ImageTrace.ReleaseInfo(4, "champion", 4_000, 1_700_000_000_000L, true, true));
    assertThat(shelf.find(List.of(new RecordOffset(0, 300), new RecordOffset(0, 5))))
        .containsExactly(
            new ImageTrace.ReleaseInfo(4, "champion", 4_000, 1_700_000_000_000L, true, false));
    assertThat(shelf.find(List.of()))
        .containsExactly(
            new ImageTrace.ReleaseInfo(4, "champion", 4_000, 1_700_000_000_000L, true, null));
    assertThat(shelf.notes()).isEmpty();
  }

  @Test
  void shouldSayThatOlderOnesAreGoneOrDamaged() throws IOException {
    // given
    release(2, 50, 100);
    release(3, 100, 200);
    serve(2);
    Files.writeString(directory.resolve("releases/3/model-card.json"), "{");

    // when
    ReleaseLookup shelf = new ReleaseLookup(directory, "labeled-views");

    // then
    assertThat(shelf.find(List.of(new RecordOffset(0, 49))))
        .containsExactly(
            new ImageTrace.ReleaseInfo(2, "champion", 2_000, 1_700_000_000_000L, true, true));
    assertThat(shelf.notes())
        .containsExactly("releases before 2 are no longer kept, and may contain it, too");
    assertThat(shelf.find(List.of(new RecordOffset(0, 150))))
        .extracting(ImageTrace.ReleaseInfo::contains)
        .containsExactly(false);
    assertThat(shelf.notes()).anyMatch(note -> note.contains("releases/3 is damaged"));
    assertThat(new ReleaseLookup(directory, "views").find(List.of(new RecordOffset(0, 1))))
        .extracting(ImageTrace.ReleaseInfo::contains)
        .containsExactly(false);
    assertThat(new ReleaseLookup(directory.resolve("none"), "views").find(List.of())).isEmpty();
  }

  private void release(int version, long from, long to) throws IOException {
    Path release = Files.createDirectories(directory.resolve("releases/" + version));
    Files.writeString(
        release.resolve("model-card.json"),
        """
        {"student": "cnn", "version": %d, "alias": "champion", "file": "student.pt",
         "sha256": "ab", "step": %d000, "topic": "labeled-views", "offsets": {"0": %d},
         "offset_ranges": [{"partition": 0, "from": %d, "to": %d}],
         "teachers": [], "policy_hashes": [], "metrics": {}, "created_at": "2023-11-14T22:13:20Z"}
        """
            .formatted(version, version, to, from, to));
  }

  private void serve(int version) throws IOException {
    Files.createSymbolicLink(
        directory.resolve("releases/current"), Path.of(Integer.toString(version)));
  }
}
