package io.stillstream.local;

import static org.assertj.core.api.Assertions.assertThat;

import io.stillstream.local.exit.ExitCodes;
import io.stillstream.local.terminal.TerminalStreams;
import io.stillstream.local.terminal.TerminalWriter;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

final class StillstreamMainTest {

  @Test
  void shouldLetNoCommandPrintWhatControlsATerminal() {
    // when
    Set<CommandLine> all =
        Stream.iterate(
                Set.of(StillstreamMain.commandLine()),
                level -> !level.isEmpty(),
                level ->
                    level.stream()
                        .flatMap(command -> command.getSubcommands().values().stream())
                        .collect(Collectors.toSet()))
            .flatMap(Set::stream)
            .collect(Collectors.toSet());

    // then
    assertThat(all).hasSizeGreaterThan(15);
    assertThat(all).extracting(CommandLine::getOut).hasOnlyElementsOfType(TerminalWriter.class);
    assertThat(all).extracting(CommandLine::getErr).hasOnlyElementsOfType(TerminalWriter.class);
  }

  @Test
  void shouldHelpWithoutColours() {
    // given
    StringWriter help = new StringWriter();

    // when
    int code =
        StillstreamMain.commandLine()
            .setOut(new PrintWriter(help, true))
            .execute("trace", "--help");

    // then
    assertThat(code).isZero();
    assertThat(help.toString()).contains("--images-topic").doesNotContain("\u001b");
  }

  @Test
  void shouldWriteOutWhatCannotBeSeenInArguments() {
    // given
    StringWriter err = new StringWriter();
    CommandLine commands =
        StillstreamMain.commandLine().setErr(TerminalWriter.of(new PrintWriter(err, true)));

    // when
    int code = commands.execute("\u001b]0;title\u0007");

    // then
    assertThat(code).isEqualTo(ExitCodes.BAD_START);
    assertThat(err.toString()).contains("\\u001b]0;title\\u0007").doesNotContain("\u001b");
  }

  @Test
  void shouldColourErrorsOnATerminal() {
    // given
    StringWriter screen = new StringWriter();
    TerminalStreams streams = new TerminalStreams(false, true, true);
    CommandLine commands = StillstreamMain.commandLine(streams);

    // when
    commands.setErr(streams.err(new PrintWriter(screen))).execute("trace");

    // then
    assertThat(screen.toString())
        .startsWith("\u001b[31mstillstream trace:\u001b[0m Missing required");
  }

  @Test
  void shouldColourNothingInAPipe() {
    // given
    StringWriter pipe = new StringWriter();
    CommandLine commands = StillstreamMain.commandLine();

    // when
    commands.setErr(new PrintWriter(pipe)).setOut(new PrintWriter(pipe)).execute("trace");
    commands.execute("--no-color", "topics", "--help");
    commands.execute("topics", "list", "--no-color", "--help");

    // then
    assertThat(pipe.toString())
        .startsWith("stillstream trace: Missing required")
        .contains("Creates or compares")
        .doesNotContain("\u001b");
  }

  @Test
  void shouldTellItsVersion() {
    // given
    StringWriter out = new StringWriter();

    // when
    int code =
        StillstreamMain.commandLine().setOut(new PrintWriter(out, true)).execute("--version");

    // then: a test has no manifest
    assertThat(code).isZero();
    assertThat(out).hasToString("stillstream development" + System.lineSeparator());
  }
}
