package io.stillstream.local.terminal;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class TerminalStreamsTest {
  private final Properties properties = new Properties();

  @ParameterizedTest
  @CsvSource({
    "'', xterm, topics, true",
    "1, xterm, topics, false",
    "0, xterm, topics, false",
    "'', dumb, topics, false",
    "'', '', --no-color, false",
    "'', '', topics, true"
  })
  void shouldColourUnlessItIsRefused(String noColor, String term, String argument, boolean colors) {
    // given
    properties.setProperty("stillstream.terminal", "true");

    // when
    TerminalStreams streams =
        TerminalStreams.of(
            properties, Map.of("NO_COLOR", noColor, "TERM", term), List.of(argument, "list"));

    // then
    assertThat(streams).isEqualTo(new TerminalStreams(true, false, colors));
  }

  @Test
  void shouldColourTheStreamThatIsATerminal() {
    // given
    properties.setProperty("stillstream.terminal.err", "true");
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();

    // when
    TerminalStreams streams = TerminalStreams.of(properties, Map.of(), List.of());
    TerminalWriter stdout = streams.out(new PrintWriter(out));
    TerminalWriter stderr = streams.err(new PrintWriter(err));
    stdout.print(MessageStyle.OK, "created");
    stderr.print(MessageStyle.OK, "created");
    stdout.flush();
    stderr.flush();

    // then
    assertThat(stdout.isTerminal()).isFalse();
    assertThat(stderr.isTerminal()).isTrue();
    assertThat(out).hasToString("created");
    assertThat(err).hasToString("\u001b[32mcreated\u001b[0m");
  }

  @Test
  void shouldTakeAProcessWithoutLauncherForAPipe() {
    assertThat(TerminalStreams.of(properties, Map.of(), List.of()))
        .isEqualTo(new TerminalStreams(false, false, true));
  }
}
