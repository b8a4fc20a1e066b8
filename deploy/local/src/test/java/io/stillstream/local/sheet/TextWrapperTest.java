package io.stillstream.local.sheet;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class TextWrapperTest {
  private final TextWrapper wrapping = new TextWrapper(12, String::length);

  @Test
  void shouldKeepShortTexts() {
    assertThat(wrapping.lines("rotate 12.4")).containsExactly("rotate 12.4");
    assertThat(wrapping.lines("  invert")).containsExactly("  invert");
    assertThat(wrapping.lines("")).containsExactly("");
  }

  @Test
  void shouldBreakBetweenWordsAndIndentWhatFollows() {
    assertThat(wrapping.lines("affine degrees=3 x=12 y=4"))
        .containsExactly("affine", "  degrees=3", "  x=12 y=4");
    assertThat(wrapping.lines("  affine x=12 y=4")).containsExactly("  affine", "    x=12 y=4");
  }

  @Test
  void shouldBreakAWordThatIsTooLongAndLoseNoLetter() {
    // when
    var lines = wrapping.lines("random_resized_crop 224x224");

    // then
    assertThat(lines)
        .containsExactly("random_resiz", "  ed_crop", "  224x224")
        .allMatch(line -> line.length() <= 12);
  }
}
