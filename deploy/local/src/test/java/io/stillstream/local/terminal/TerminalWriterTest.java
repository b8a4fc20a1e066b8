package io.stillstream.local.terminal;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class TerminalWriterTest {
  private final StringWriter text = new StringWriter();
  private final TerminalWriter terminal = new TerminalWriter(text);

  @ParameterizedTest
  @CsvSource({
    "'\u001b', \\u001b",
    "'\u0007', \\u0007",
    "'\u007f', \\u007f",
    "'\u009b', \\u009b",
    "'\u202e', \\u202e",
    "'\u2066', \\u2066",
    "'\u200b', \\u200b",
    "'\ufeff', \\ufeff",
    "'\u2028', \\u2028",
    "'\udb40\udc41', \\udb40\\udc41"
  })
  void shouldWriteOutWhatCannotBeSeen(String invisible, String shown) {
    // when
    terminal.println("a" + invisible + "b");
    terminal.printf("%s%n", invisible);
    terminal.print(invisible.toCharArray());
    terminal.append(invisible);

    // then
    assertThat(text.toString()).isEqualTo("a" + shown + "b\n" + shown + "\n" + shown + shown);
  }

  @ParameterizedTest
  @ValueSource(strings = {"photos/cat 1.jpg", "Ärger\tmit ß", "猫", "قطة", "👍🏽", "\\u001b"})
  void shouldLeaveWhatCanBeSeenAsItIs(String plain) {
    // when
    terminal.println(plain);

    // then
    assertThat(text.toString()).isEqualTo(plain + "\n");
  }

  @Test
  void shouldKeepALineOneLine() {
    // when
    terminal.println("cat\nreleases  all is well\r");
    terminal.print("two\nlines\n");

    // then
    assertThat(text.toString()).isEqualTo("cat\\u000areleases  all is well\\u000d\ntwo\nlines\n");
  }

  @Test
  void shouldKeepJsonJson() throws Exception {
    // given
    ObjectMapper mapper = new ObjectMapper();
    Map<String, String> value = Map.of("id", "\u001b]0;title\u0007\u202e\u009b\n\ud83d");

    // when
    terminal.println(mapper.writeValueAsString(value));

    // then
    assertThat(text.toString().trim()).matches("[\\x20-\\x7e]+");
    assertThat(mapper.readTree(text.toString())).isEqualTo(mapper.valueToTree(value));
  }

  @Test
  void shouldClearTheLineOnlyWhenAskedTo() {
    // when
    terminal.clearLine();
    terminal.print("\r\u001b[K");

    // then
    assertThat(text.toString()).isEqualTo("\r\u001b[K\\u000d\\u001b[K");
  }

  @Test
  void shouldWriteToAnotherWriterOnce() {
    // given
    TerminalWriter twice = TerminalWriter.of(TerminalWriter.of(new PrintWriter(text)));

    // when
    twice.println("\u001b");

    // then
    assertThat(TerminalWriter.of(twice)).isSameAs(twice);
    assertThat(text.toString()).isEqualTo("\\u001b\n");
  }

  @Test
  void shouldColourOnATerminalOnly() {
    // given
    StringWriter screen = new StringWriter();
    StringWriter pipe = new StringWriter();

    // when
    new TerminalWriter(screen, true, true).println(MessageStyle.ERROR, "stillstream:", " no\u001b");
    new TerminalWriter(pipe, false, true).println(MessageStyle.ERROR, "stillstream:", " no\u001b");

    // then
    assertThat(screen).hasToString("\u001b[31mstillstream:\u001b[0m no\\u001b\n");
    assertThat(pipe).hasToString("stillstream: no\\u001b\n");
  }

  @Test
  void shouldLetNoColouredTextControlTheTerminal() {
    // given
    StringWriter screen = new StringWriter();

    // when
    new TerminalWriter(screen, true, true).print(MessageStyle.OK, "\u001b[2J\n");

    // then
    assertThat(screen).hasToString("\u001b[32m\\u001b[2J\\u000a\u001b[0m");
  }
}
