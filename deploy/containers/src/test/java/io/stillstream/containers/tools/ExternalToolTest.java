package io.stillstream.containers.tools;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ExternalToolTest {
  private static final Path ROOT = Path.of("../..");
  private static final Path LIST =
      Path.of("src/main/java/io/stillstream/containers/tools/ExternalTool.java");

  @TempDir private Path directory;

  @Test
  void shouldRequireDockerOnlyForContainers() {
    assertThat(ExternalTool.required("if-present", false)).isEmpty();
    assertThat(ExternalTool.required("if-present", true)).containsExactly(ExternalTool.DOCKER);
    assertThat(ExternalTool.required("required", false))
        .isEqualTo(EnumSet.complementOf(EnumSet.of(ExternalTool.DOCKER)));
    assertThat(ExternalTool.required("required", true))
        .isEqualTo(EnumSet.allOf(ExternalTool.class));
    assertThat(ExternalTool.required("python-torch,kubectl", false))
        .containsExactly(ExternalTool.KUBECTL, ExternalTool.PYTHON_TORCH);
    assertThatThrownBy(() -> ExternalTool.required("kubectl,helm", false))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("python-torch")
        .hasMessageEndingWith("was helm");
  }

  /**
   * As Maven does before it compiles, for a user with nothing on the PATH or in the home directory.
   */
  @Test
  void shouldNameAllThatIsMissingAtOnceWithoutAnythingCompiled() throws Exception {
    // when
    String said = run("check", "required", "true");

    // then: libfaketime is not looked for on the PATH
    for (ExternalTool tool : EnumSet.complementOf(EnumSet.of(ExternalTool.FAKETIME))) {
      assertThat(said).contains("  " + tool.missing());
    }
    assertThat(said).containsPattern("apt-get install chromium chromium-driver docker.io .*");
  }

  @Test
  void shouldSayNothingWhereNothingIsMissing() {
    assertThat(ExternalTool.answer(tool -> false, "check", "if-present", "false")).isEmpty();
    assertThat(ExternalTool.answer(tool -> true, "check", "required", "true")).isEmpty();
    assertThat(ExternalTool.answer(tool -> true, "check", "yes", "false"))
        .contains("must be if-present, required or names of");
  }

  @Test
  void shouldTellWhatToInstallWithoutDocker() {
    assertThat(ExternalTool.answer(tool -> false, "packages").lines())
        .contains("chromium", "chromium-driver", "prometheus", "python3-torch")
        .doesNotContain("docker.io");
  }

  @Test
  void shouldFindProgramsOnThePath() {
    assertThat(ExternalTool.onPath("sh")).hasValueSatisfying(sh -> assertThat(sh).isExecutable());
    assertThat(ExternalTool.onPath("no-such-program")).isEmpty();
  }

  /** {@code java ExternalTool.java table} prints the rows anew. */
  @Test
  void shouldBeTheTableOfTheReadme() throws IOException {
    // when
    List<String> rows =
        Files.readAllLines(Path.of("README.md")).stream()
            .dropWhile(line -> !line.startsWith("| tool |"))
            .skip(2)
            .takeWhile(line -> line.startsWith("|"))
            .toList();

    // then
    assertThat(rows).isEqualTo(ExternalTool.table());
  }

  @Test
  void shouldBeWhatContinuousIntegrationInstalls() throws IOException {
    assertThat(Files.readString(ROOT.resolve(".ci/run")))
        .contains(ROOT.relativize(ROOT.resolve("deploy/containers").resolve(LIST)) + " packages")
        .contains("\ndeploy/containers/inference-servers/install\n")
        .contains("\ndeploy/containers/python-examples/install\n");
    assertThat(Files.readString(ROOT.resolve(".ci/verify"))).contains("-Dtools=required");
    assertThat(Files.readString(ROOT.resolve(".ci/offline/with-docker")))
        .containsPattern("(?m)^need .*" + ExternalTool.DOCKER.packages());
  }

  private String run(String... arguments) throws Exception {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin/java").toString());
    command.addAll(List.of("-XX:TieredStopAtLevel=1", LIST.toString()));
    command.addAll(List.of(arguments));
    ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
    builder.environment().put("PATH", directory.toString());
    builder.environment().put("HOME", directory.toString());
    Process process = builder.start();
    process.getOutputStream().close();
    String said = new String(process.getInputStream().readAllBytes(), UTF_8);
    assertThat(process.waitFor()).as(said).isZero();
    return said;
  }
}
