package io.stillstream.local.docs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;

class DocumentedStepTest {
  @Test
  void shouldFindCommandsAndWhatTheyPrint() {
    // given
    List<String> text =
        """
        Do this:

        ```sh
        ls \\
          -l
        ```

        It prints:

        ```
        total 12
        ```

        ```python
        import torch
        ```

        ```sh terminal
        sleep 9
        ```
        """
            .lines()
            .toList();
    // when, then
    assertThat(DocumentedStep.of(text))
        .containsExactly(
            new DocumentedStep("ls \\\n  -l", false, List.of("total 12")),
            new DocumentedStep("sleep 9", true, List.of()));
  }

  @Test
  void shouldRefuseAnOutputWithoutACommandAndABlockWithoutAnEnd() {
    assertThatThrownBy(() -> DocumentedStep.of(List.of("```", "x", "```")))
        .hasMessage("the output at line 1 follows no command");
    assertThatThrownBy(() -> DocumentedStep.of(List.of("```sh", "x")))
        .hasMessage("the block at line 1 has no end");
  }

  @Test
  void shouldCompareOutputsButForNumbers() {
    // given
    DocumentedStep step =
        new DocumentedStep("x", false, List.of("images 2,800 of 7", "…", "accuracy 9 %"));
    // when, then
    assertThat(step.missingIn("start\nimages 12 of 3.5\n…\n  accuracy 98.1 %\n")).isEmpty();
    assertThat(step.missingIn("accuracy 98.1 %\nimages 12 of 3\n")).isEqualTo("accuracy 9 %");
    assertThat(step.missingIn("images - of 7")).isEqualTo("images 2,800 of 7");
    // and: of JSON, the names count
    step = new DocumentedStep("x", false, List.of("{\"class\":\"cat\",\"p\":0.9}"));
    assertThat(step.missingIn("{\"class\":\"a dog\",\"p\":9.1E-5}")).isEmpty();
    assertThat(step.missingIn("{\"class\":\"cat\",\"q\":0.9}")).isNotEmpty();
  }
}
