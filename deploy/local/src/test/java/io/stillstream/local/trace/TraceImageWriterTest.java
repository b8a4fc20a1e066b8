package io.stillstream.local.trace;

import static org.assertj.core.api.Assertions.assertThat;

import io.stillstream.schemas.image.PngDataUrl;
import io.stillstream.trainer.trace.ImageTrace;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TraceImageWriterTest {
  @TempDir Path directory;

  @Test
  void shouldWriteAViewUnderItsMasks() throws IOException {
    // given: a view without the teacher's mask
    ImageTrace.ViewTrace view =
        new ImageTrace.ViewTrace(
            2,
            "labeled-views",
            0,
            5,
            "1",
            "ab",
            "original",
            null,
            PngDataUrl.url(new byte[] {1}),
            2_000L,
            3_000L,
            null,
            List.of(),
            null,
            null,
            new ImageTrace.MaskTrace(PngDataUrl.url(new byte[] {2}), List.of()),
            null,
            null,
            null,
            null);

    // when
    new TraceImageWriter(directory)
        .write(
            new ImageTrace(
                "a",
                "segmentation",
                null,
                List.of(),
                List.of(view),
                List.of(),
                List.of(),
                List.of()));

    // then
    assertThat(directory.resolve("image-view2.png")).hasBinaryContent(new byte[] {1});
    assertThat(directory.resolve("image-view2.mask.png")).hasBinaryContent(new byte[] {2});
    assertThat(directory.resolve("image-view2.teacher.png")).doesNotExist();
  }
}
