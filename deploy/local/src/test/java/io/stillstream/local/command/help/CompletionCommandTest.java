package io.stillstream.local.command.help;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.stillstream.local.StillstreamMain;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The script, as bash reads it. */
final class CompletionCommandTest {
  @TempDir private Path directory;

  @BeforeEach
  void writeScript() throws IOException {
    Files.createFile(directory.resolve("some-file.yaml"));
    Files.writeString(directory.resolve("completion"), script("bash"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "stillstream top | topics",
        "stillstream dead-letters re | replay",
        "stillstream topics cr | create",
        "stillstream topics list --boot | --bootstrap-server",
        "stillstream releases list --ur | --url",
        "stillstream policy tune --keep 0.9 --thr | --threads",
        "stillstream completion b | bash",
        "stillstream --no | --no-color",
        "stillstream demo --task seg | segmentation",
        "stillstream scenes --part te | test",
        "stillstream topics list --config some-f | some-file.yaml",
        "stillstream ingest some-f | some-file.yaml",
        "stillstream acls print --page some-f | some-file.yaml",
        "stillstream nothing-like-it x | ''"
      })
  void shouldCompleteInBash(String typed, String completed) throws Exception {
    assertThat(completed(typed)).isEqualTo(completed.isEmpty() ? List.of() : List.of(completed));
  }

  @Test
  void shouldListAllCommands() throws Exception {
    assertThat(bash("COMP_WORDS=(stillstream '') COMP_CWORD=1; _complete_stillstream x '' y;"))
        .containsAll(StillstreamMain.commandLine().getSubcommands().keySet());
  }

  @Test
  void shouldBeRegisteredForTheNameThatUsersType() throws Exception {
    // bash looks for the last part of a path, too
    assertThat(bash("complete -p stillstream;"))
        .singleElement()
        .asString()
        .startsWith("complete -o default -F _complete_stillstream stillstream");
  }

  @Test
  void shouldStartTheLauncherByItsName() throws Exception {
    // given: a path that a shell would take apart
    Path home = Files.createDirectories(directory.resolve("my 'home'"));
    Files.createDirectory(home.resolve("deploy"));
    Files.writeString(home.resolve("deploy/stillstream"), "echo \"started with $*\"\n");
    String before = System.setProperty("stillstream.home", home.toString());
    try {
      Files.writeString(directory.resolve("completion"), script("bash"));
    } finally {
      restore(before);
    }

    // then
    assertThat(bash("stillstream topics list;")).containsExactly("started with topics list");
  }

  @Test
  void shouldLeaveACommandOfThatNameAlone() throws Exception {
    // given
    Files.writeString(
        directory.resolve("completion"), "stillstream() { echo mine; }\n" + script("bash"));

    // then
    assertThat(bash("stillstream;")).containsExactly("mine");
  }

  @Test
  void shouldPrintForZshWhatPreparesIt() {
    assertThat(script("zsh")).contains("bashcompinit").contains("COMPLETE_ALIASES");
  }

  private static void restore(String home) {
    if (home == null) {
      System.clearProperty("stillstream.home");
    } else {
      System.setProperty("stillstream.home", home);
    }
  }

  private static String script(String shell) {
    StringWriter out = new StringWriter();
    int code =
        StillstreamMain.commandLine()
            .setOut(new PrintWriter(out, true))
            .execute("completion", shell);
    assertThat(code).isZero();
    return out.toString();
  }

  private List<String> completed(String typed) throws Exception {
    String[] words = typed.split(" ", -1);
    String last = words[words.length - 1];
    return bash(
        "COMP_WORDS=(%s) COMP_CWORD=%d COMP_LINE='%s' COMP_POINT=%d; _complete_stillstream x '%s' y;"
            .formatted(typed, words.length - 1, typed, typed.length(), last));
  }

  /** What a script prints, and what is in COMPREPLY after it. */
  private List<String> bash(String script) throws IOException, InterruptedException {
    Process bash =
        new ProcessBuilder(
                "bash",
                "--norc",
                "--noprofile",
                "-c",
                // Readline's own command exists only while a user presses the tab key.
                "compopt() { :; }; source completion; "
                    + script
                    + " printf '%s\\n' \"${COMPREPLY[@]}\"")
            .directory(directory.toFile())
            .redirectErrorStream(true)
            .start();
    String printed = new String(bash.getInputStream().readAllBytes(), UTF_8);
    assertThat(bash.waitFor(1, TimeUnit.MINUTES)).isTrue();
    assertThat(bash.exitValue()).as(printed).isZero();
    return printed.lines().filter(line -> !line.isEmpty()).toList();
  }
}
