package io.stillstream.local;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.stillstream.local.exit.ExitCodes;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.jar.JarFile;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The launcher with the jar that the build has made. */
final class LauncherIT {
  private static final Path ROOT = Path.of("../..").toAbsolutePath().normalize();

  @TempDir private Path directory;

  private record Said(int code, String out, String err) {}

  @Test
  void shouldTellTheVersionOfTheBuild() throws Exception {
    // given
    Matcher version =
        Pattern.compile("<parent>.*?<version>([^<]+)</version>", Pattern.DOTALL)
            .matcher(Files.readString(Path.of("pom.xml")));
    assertThat(version.find()).isTrue();

    // when: completion never builds, and so does this with a jar that is new
    Said said = run(ROOT.resolve("deploy/stillstream"), "completion", "--version");

    // then
    assertThat(said).isEqualTo(new Said(0, "stillstream " + version.group(1) + "\n", ""));
    try (JarFile jar = new JarFile("target/stillstream.jar")) {
      assertThat(jar.getManifest().getMainAttributes().getValue("Implementation-Version"))
          .isEqualTo(version.group(1));
    }
  }

  @Test
  void shouldWriteACompletionThatStartsThisLauncher() throws Exception {
    // when
    Said said = run(ROOT.resolve("deploy/stillstream"), "completion", "bash");

    // then
    assertThat(said.code()).as(said.err()).isZero();
    assertThat(said.out())
        .contains("complete -F _complete_stillstream -o default stillstream")
        .endsWith("{ bash '" + ROOT.resolve("deploy/stillstream") + "' \"$@\"; }\n")
        .doesNotContain("\u001b");
  }

  @Test
  void shouldNotBuildForACompletion() throws Exception {
    // given: the launcher where nothing is built
    Path copy = Files.createDirectory(directory.resolve("deploy")).resolve("stillstream");
    Files.copy(ROOT.resolve("deploy/stillstream"), copy);

    // when
    Said said = run(copy, "completion", "bash");

    // then
    assertThat(said.code()).isEqualTo(ExitCodes.BAD_START);
    assertThat(said.out()).isEmpty();
    assertThat(said.err())
        .startsWith("stillstream: completion: not built yet; run ")
        .hasLineCount(1);
  }

  private Said run(Path launcher, String... arguments) throws IOException, InterruptedException {
    Path out = directory.resolve("out");
    Path err = directory.resolve("err");
    List<String> command = new ArrayList<>(List.of("bash", launcher.toString()));
    command.addAll(List.of(arguments));
    Process process =
        new ProcessBuilder(command)
            .redirectOutput(out.toFile())
            .redirectError(err.toFile())
            .start();
    assertThat(process.waitFor(2, TimeUnit.MINUTES)).isTrue();
    return new Said(
        process.exitValue(), Files.readString(out, UTF_8), Files.readString(err, UTF_8));
  }
}
