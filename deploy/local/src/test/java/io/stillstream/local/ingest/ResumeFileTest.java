package io.stillstream.local.ingest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.stillstream.runtime.config.StartupException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ResumeFileTest {
  @TempDir Path directory;

  @Test
  void shouldReadWhatItWrote() {
    // given
    Path file = directory.resolve("ingest.json");
    ResumeFile state = new ResumeFile("images", "photos", Map.of(0, 7L));

    // when
    state.save(file);

    // then
    assertThat(ResumeFile.load(file)).hasValue(state);
    assertThat(ResumeFile.load(directory.resolve("none.json"))).isEmpty();
  }

  @Test
  void shouldRefuseAFileOfALaterVersion() throws Exception {
    // given
    Path file = directory.resolve("ingest.json");
    Files.writeString(file, "{\"topic\":\"images\",\"source\":\"photos\",\"began\":{},\"rate\":5}");

    // then
    assertThatThrownBy(() -> ResumeFile.load(file))
        .isInstanceOf(StartupException.class)
        .hasMessageEndingWith(
            "ingest.json has \"rate\", which this version does not know: a later version wrote it,"
                + " run that one again");
  }
}
