package io.stillstream.local.ingest;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class ContentTypesTest {
  @Test
  void shouldTellFormatsByTheirFirstBytes() {
    assertThat(of("\u00ff\u00d8\u00ff\u00e1..")).hasValue("image/jpeg");
    assertThat(of("\u0089PNG\r\n\u001a\n....")).hasValue("image/png");
    assertThat(of("RIFF\1\2\3\4WEBPVP8 ")).hasValue("image/webp");
    assertThat(of("BM......")).hasValue("image/bmp");
  }

  @Test
  void shouldNotGuess() {
    assertThat(of("RIFF\1\2\3\4WAVE")).isEmpty();
    assertThat(of("\u00ff\u00d8")).isEmpty();
    assertThat(of("")).isEmpty();
  }

  private static java.util.Optional<String> of(String bytes) {
    return ContentTypes.of(bytes.getBytes(ISO_8859_1));
  }
}
