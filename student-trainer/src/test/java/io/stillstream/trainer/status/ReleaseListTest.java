package io.stillstream.trainer.status;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.stillstream.trainer.files.DurableFiles;
import io.stillstream.trainer.release.ReleaseStore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReleaseListTest {
  private static final String GATE =
      """
      "gate": {"passed": false, "measured_on": "window", "baseline": 1, "images": 10,
      "challenger": 0.5, "best": 0.75, "allowed": 0.01},""";

  @TempDir Path directory;

  @Test
  void shouldTellTheNewestFirstAndWhichOneIsServed() throws IOException {
    // given
    ReleaseList list = new ReleaseList(new ReleaseStore(directory, new DurableFiles()));
    assertThat(list.newest()).isEmpty();
    write(1, "champion", "");
    write(2, "challenger", GATE);
    Files.createSymbolicLink(directory.resolve("current"), Path.of("1"));

    // then
    String task = "classification";
    ReleaseEntry first =
        new ReleaseEntry(task, 1, "champion", 100, 1_000, 0.25, null, null, null, "ab", null, true);
    ReleaseEntry second =
        new ReleaseEntry(
            task, 2, "challenger", 200, 1_000, 0.25, 0.5, 0.75, "failed", "ab", null, false);
    assertThat(list.newest()).containsExactly(second, first);
  }

  @Test
  void shouldTellTheScoreOfAnotherTask() throws IOException {
    // given
    ReleaseList list = new ReleaseList(new ReleaseStore(directory, new DurableFiles()));
    write(1, "champion", "\"task\": \"segmentation\",", "prequential_mean_iou");

    // then
    assertThat(list.newest())
        .containsExactly(
            new ReleaseEntry(
                "segmentation",
                1,
                "champion",
                100,
                1_000,
                0.25,
                null,
                null,
                null,
                "ab",
                null,
                false));
  }

  @Test
  void shouldTellTheHeldOutScoreWithAndWithoutAGateDecision() throws IOException {
    // given: a first release, which no gate has measured, and one that it has
    ReleaseList list = new ReleaseList(new ReleaseStore(directory, new DurableFiles()));
    String metrics = "prequential_accuracy\": 0.75, \"held_out_accuracy";
    write(1, "champion", "", metrics);
    write(2, "challenger", GATE, metrics);

    // then: one measure, and the one that the command without --url shows
    assertThat(list.newest()).extracting(ReleaseEntry::accuracy).containsExactly(0.25, 0.25);
    assertThat(list.newest()).extracting(ReleaseEntry::gateAccuracy).containsExactly(0.5, null);
  }

  @Test
  void shouldNoticeANewReleaseAndLeaveOutADamagedOne() throws IOException {
    // given
    ReleaseList list = new ReleaseList(new ReleaseStore(directory, new DurableFiles()));
    write(1, "champion", "");
    assertThat(list.newest()).hasSize(1);

    // when
    write(2, "champion", "");
    write(3, "champion", "");
    Files.writeString(directory.resolve("3/model-card.json"), "{");

    // then
    assertThat(list.newest()).extracting(ReleaseEntry::version).containsExactly(2L, 1L);
  }

  private void write(long version, String alias, String more) throws IOException {
    write(version, alias, more, "prequential_accuracy");
  }

  private void write(long version, String alias, String more, String metric) throws IOException {
    Path release = Files.createDirectories(directory.resolve(Long.toString(version)));
    String card =
        """
        {"student": "cnn", "version": %d, "alias": "%s", "file": "student.pt", "sha256": "ab",
         "step": %d, "views_seen": 1, "topic": "labeled-views", "offsets": {}, "teachers": [],
         "policy_hashes": [], "metrics": {"%s": 0.25}, %s
         "settings": {}, "created_at": "1970-01-01T00:00:01Z"}
        """
            .formatted(version, alias, 100 * version, metric, more);
    Files.write(release.resolve("model-card.json"), card.getBytes(UTF_8));
  }
}
