package io.stillstream.local.option;

import static org.assertj.core.api.Assertions.assertThat;

import io.stillstream.local.terminal.TerminalWriter;
import java.io.StringWriter;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class JsonOptionTest {
  private final StringWriter text = new StringWriter();

  private record Document(String topic, Long missing, List<String> differences) {}

  @Test
  void shouldPrintEachDocumentInALine() {
    // when
    JsonOption.print(new TerminalWriter(text), new Document("images", null, List.of("a\nb")));
    JsonOption.print(new TerminalWriter(text), Map.of("sent", 3));

    // then
    assertThat(text)
        .hasToString(
            """
            {"topic":"images","missing":null,"differences":["a\\nb"]}
            {"sent":3}
            """);
  }

  @Test
  void shouldLetNoTextControlTheTerminal() {
    // when
    JsonOption.print(new TerminalWriter(text, true, true), Map.of("text", "\u001b[2J\u202e"));

    // then
    assertThat(text).hasToString("{\"text\":\"\\u001B[2J\\u202e\"}\n");
  }
}
