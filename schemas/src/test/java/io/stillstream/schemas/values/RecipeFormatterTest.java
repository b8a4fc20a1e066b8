package io.stillstream.schemas.values;

import static org.assertj.core.api.Assertions.assertThat;

import io.stillstream.schemas.Box;
import io.stillstream.schemas.Mix;
import io.stillstream.schemas.Operation;
import io.stillstream.schemas.Recipe;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RecipeFormatterTest {
  @Test
  void shouldNameStepsWithShortValues() {
    // given
    Recipe recipe =
        new Recipe(
            1,
            List.of(
                new Operation("horizontal_flip", Map.of()),
                new Operation("rotate", Map.of("degrees", -12.3456)),
                new Operation("translate", Map.of("x", 2.0, "y", -1.0)),
                new Operation(
                    "random_resized_crop",
                    Map.of(
                        "top",
                        3.0,
                        "left",
                        4.0,
                        "height",
                        50.0,
                        "width",
                        60.0,
                        "out_height",
                        28.0,
                        "out_width",
                        32.0))),
            null);

    // then
    assertThat(RecipeFormatter.lines(recipe))
        .containsExactly(
            "horizontal_flip",
            "rotate -12.3",
            "translate x=2 y=-1",
            "random_resized_crop 50x60 to 28x32 left=4 top=3");
    assertThat(RecipeFormatter.lines(new Recipe(1, List.of(), null))).containsExactly("as it is");
    assertThat(RecipeFormatter.scale(4)).isEqualTo(" at 1/4");
    assertThat(RecipeFormatter.scale(1)).isEmpty();
  }

  @Test
  void shouldNameThePartnerOfAMix() {
    // given
    Mix mix =
        new Mix(
            "cutmix",
            "images",
            0,
            7L,
            "dog.jpg",
            2,
            List.of(new Operation("invert", Map.of())),
            0.7512,
            new Box(1, 2, 30, 40));

    // then
    assertThat(RecipeFormatter.lines(new Recipe(1, List.of(), mix)))
        .containsExactly(
            "as it is",
            "cutmix lambda=0.751 30x40 top=1 left=2",
            "with dog.jpg at 1/2",
            "  invert");
  }

  @ParameterizedTest
  @CsvSource({
    "0, 0",
    "-3, -3",
    "0.5, 0.5",
    "123.456, 123",
    "0.001234, 0.00123",
    "0.00001, 1.00e-05",
    "9007199254740991, 9.01e+15",
    "NaN, NaN",
    "Infinity, Infinity",
    "1234.5, 1230"
  })
  void shouldRoundToThreeDigits(double value, String text) {
    assertThat(RecipeFormatter.text(new Operation("gamma", Map.of("gamma", value))))
        .isEqualTo("gamma " + text);
  }
}
