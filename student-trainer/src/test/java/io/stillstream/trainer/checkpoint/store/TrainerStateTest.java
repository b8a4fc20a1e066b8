package io.stillstream.trainer.checkpoint.store;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.stillstream.trainer.files.DirectoryLock;
import io.stillstream.trainer.files.DurableFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TrainerStateTest {
  private static final String OLDER =
      """
      {"student":"s","modelSha256":"ab","topic":"labeled-views","offsets":{"0":7},"steps":3,
       "viewsSeen":384,"missed":0,"teachers":[],"policyHashes":[],"loss":0.5,"rate":0.01,
       "window":"","releaseVersion":2,"releaseStep":3,"ledgerBytes":9,
       "contest":{"champion":2,"baseline":1,"trial":"0101","from":{"0":4},"verdict":null,
                  "postponed":true}}""";

  @TempDir Path directory;

  @Test
  void shouldReadTheNamesInTheFile() throws IOException {
    TrainerState state =
        written(files -> files.put("state.json", out -> out.write(OLDER.getBytes(UTF_8))));

    assertThat(state.promotion())
        .isEqualTo(new PromotionState(2, 1, "0101", Map.of(0, 4L), null, true));
    assertThat(state.events()).isEmpty();
    assertThat(state.source()).isEqualTo(TopicIdentity.UNKNOWN);
    assertThat(state.labels()).isEmpty();
  }

  @Test
  void shouldReadBackWhatItWrites() throws IOException {
    TrainerState older =
        written(files -> files.put("state.json", out -> out.write(OLDER.getBytes(UTF_8))));

    assertThat(written(older::addTo)).isEqualTo(older);
    // and: earlier versions read it
    assertThat(Files.readString(newest().resolve("state.json")))
        .contains("\"contest\":{\"champion\":2,\"baseline\":1,\"trial\":\"0101\"");
  }

  @Test
  void shouldReadBackHowFarLabelsWereRead() throws IOException {
    // given
    String withLabels =
        OLDER.replaceFirst("\\{", "{\"labels\":{\"1\":{\"position\":5,\"applied\":8}},");

    // when
    TrainerState state =
        written(files -> files.put("state.json", out -> out.write(withLabels.getBytes(UTF_8))));

    // then
    assertThat(state.labels()).isEqualTo(Map.of(1, new LabelOffset(5, 8)));
    assertThat(written(state::addTo)).isEqualTo(state);
  }

  private Path newest() throws IOException {
    try (Stream<Path> all = Files.list(directory.resolve("checkpoints"))) {
      return all.sorted().reduce((a, b) -> b).orElseThrow();
    }
  }

  private TrainerState written(Consumer<Map<String, CheckpointStore.FileContent>> add)
      throws IOException {
    DurableFiles disk = new DurableFiles();
    try (DirectoryLock lock = DirectoryLock.acquire(directory, disk)) {
      CheckpointStore store = new CheckpointStore(directory.resolve("checkpoints"), 2, lock, disk);
      Map<String, CheckpointStore.FileContent> files = new HashMap<>();
      add.accept(files);
      store.write(CheckpointContent.of(files));
      return TrainerState.read(store.newest().orElseThrow());
    }
  }
}
