package io.stillstream.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class MemoryWatchIT {
  @TempDir private Path directory;

  @Test
  void shouldTellHowMemoryBehaves() throws Exception {
    // given
    Path photographs = Files.createDirectory(directory.resolve("photographs"));
    Pictures.photograph(photographs.resolve("a.jpg"), 375, 500, 1);
    Inputs inputs = Inputs.make(photographs, directory);
    StringWriter out = new StringWriter();

    // when
    new MemoryWatch(inputs, new PrintWriter(out)).run(MemoryWatch.LEAST);

    // then
    assertThat(out.toString())
        .contains("memory over 1,000 images")
        .contains("RESULT {\"bench\":\"augmenter\",\"row\":\"memory\"")
        .containsPattern("\"resident\":\\{\"median\":[1-9]");
  }
}
