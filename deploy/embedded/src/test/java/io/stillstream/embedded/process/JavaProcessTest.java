package io.stillstream.embedded.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.stillstream.embedded.EmbeddedException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class JavaProcessTest {
  private static final int SIGKILL = 137;
  private static final int SIGTERM = 143;

  @TempDir private Path directory;

  /** Prints a variable of its environment, and runs until its input ends. */
  static final class Echo {
    private Echo() {}

    public static void main(String[] args) throws IOException {
      System.out.println(args[0] + " " + System.getenv("ECHO"));
      if (args.length == 1) {
        System.in.read();
      }
    }
  }

  @Test
  void shouldTellTheOutputOfTheLatestStartOnly() {
    try (JavaProcess process = process("hello")) {
      // when
      process.start(Map.of("ECHO", "one"));
      awaitLine(process, "hello one");
      process.kill();
      int killed = process.exitCode();
      process.start(Map.of("ECHO", "two"));
      awaitLine(process, "hello two");

      // then
      assertThat(killed).isEqualTo(SIGKILL);
      assertThat(process.lines()).containsExactly("hello two");
      assertThat(process.residentBytes()).isPositive();
      assertThat(process.terminate()).isEqualTo(SIGTERM);
    }
  }

  @Test
  void shouldKillASuspendedProcess() {
    try (JavaProcess process = process("hello")) {
      // given
      process.start(Map.of("ECHO", "one"));
      awaitLine(process, "hello one");
      process.suspend();

      // when
      process.kill();

      // then
      assertThat(process.isAlive()).isFalse();
    }
  }

  @Test
  void shouldTellTheLastLinesOfAProcessThatHasEnded() {
    try (JavaProcess process = process("bye", "now")) {
      // given
      process.start(Map.of("ECHO", "one"));

      // when
      int code = process.awaitEnd();

      // then
      assertThat(code).isZero();
      assertThatThrownBy(process::requireAlive)
          .isInstanceOf(EmbeddedException.class)
          .hasMessageContaining("echo has ended")
          .hasMessageContaining("bye one");
    }
  }

  private JavaProcess process(String... arguments) {
    List<String> options = List.of("-XX:TieredStopAtLevel=1", "-Xmx64m");
    Path log = directory.resolve("echo.log");
    return JavaProcess.ofMain("echo", log, options, Echo.class, List.of(arguments));
  }

  private static void awaitLine(JavaProcess process, String line) {
    await().failFast(() -> !process.isAlive()).until(() -> process.lines().contains(line));
  }
}
