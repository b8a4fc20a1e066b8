package io.stillstream.local.docs;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.stillstream.containers.tools.ExternalTool;
import io.stillstream.containers.tools.RequiresTool;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Every command of deploy/docs/tutorial.md, in order. */
@RequiresTool(ExternalTool.PYTHON_TUTORIAL)
final class TutorialIT {
  private static final Path TEXT = DocumentRunner.HOME.resolve("deploy/docs/tutorial.md");

  @TempDir private Path directory;

  @Test
  void shouldEndInAStudentThatAnswers() throws Exception {
    // given
    List<DocumentedStep> steps = DocumentedStep.of(Files.readAllLines(TEXT));
    assertThat(steps).as("commands in %s", TEXT).hasSizeGreaterThan(15);

    // when
    try (DocumentRunner runner = new DocumentRunner(directory, Map.of())) {
      runner.install(
          "python3",
          ExternalTool.pythonWith("torch", "yaml", "PIL", "skimage", "cv2").orElseThrow());
      runner.runAll(steps);
    }

    // then
    Path tutorial = directory.resolve("tutorial");
    assertThat(
            List.of(
                "views.png",
                "demo/views.png",
                "demo/demo.log",
                "trainer/releases/current/student.pt",
                "student.pt"))
        .allSatisfy(file -> assertThat(tutorial.resolve(file)).isNotEmptyFile());
  }

  @Test
  void shouldNameThePackagesThatTheTestTakes() throws IOException {
    assertThat(TEXT)
        .content(UTF_8)
        .contains("apt-get install " + ExternalTool.PYTHON_TUTORIAL.packages() + "\n");
  }
}
