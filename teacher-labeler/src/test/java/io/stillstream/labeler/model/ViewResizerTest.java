package io.stillstream.labeler.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.stillstream.runtime.model.ModelSpec;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ViewResizerTest {
  @TempDir private Path directory;

  private final Pixels wide = new Pixels(1, 4, 1, new byte[] {0, 10, 20, 40});

  @Test
  void shouldRefuseOtherSizesUnlessARuleIsDeclared() throws Exception {
    // given
    ViewResizer resizer = resizer("height: 1, width: 2, channels: 1");

    // then
    assertThat(resizer.rejectionReason(wide))
        .contains("the view is 1 x 4 x 1, the teacher takes 1 x 2 x 1");
    assertThat(resizer.rejectionReason(new Pixels(1, 2, 1, new byte[2]))).isEmpty();
    assertThatIllegalArgumentException().isThrownBy(() -> resizer.resize(wide));
  }

  @Test
  void shouldPassOnWhatFitsUntouched() throws Exception {
    assertThat(resizer("height: 1, width: 4, channels: 1").resize(wide)).isSameAs(wide.bytes());
  }

  @Test
  void shouldStretchOrCropAsDeclared() throws Exception {
    // given
    ViewResizer stretch = resizer("height: 1, width: 2, channels: 1, resize: stretch");
    ViewResizer crop = resizer("height: 1, width: 2, channels: 3, resize: crop");

    // then
    assertThat(stretch.rejectionReason(wide)).isEmpty();
    assertThat(stretch.resize(wide)).isEqualTo(new byte[] {5, 30});
    assertThat(crop.resize(wide)).isEqualTo(new byte[] {10, 10, 10, 20, 20, 20});
  }

  private ViewResizer resizer(String input) throws Exception {
    Files.writeString(directory.resolve("model.pt"), "");
    Files.writeString(
        directory.resolve("teacher.yaml"),
        "{name: n, version: v, input: {" + input + "}, classes: [a]}");
    return new ViewResizer(ModelSpec.load(directory, "teacher"));
  }
}
