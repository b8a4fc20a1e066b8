package io.stillstream.trainer.torch.script;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.stillstream.trainer.torch.ModelFixtures;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class AutocastTest {
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "torch.mm(a, b) | full(torch.mm(reduced(a, ), reduced(b, )), )",
        "torch.linear(x, w, b) |"
            + " full(torch.linear(reduced(x, ), reduced(w, ), reduced_optional(b, )), )",
        "torch.linear(x, w) | full(torch.linear(reduced(x, ), reduced(w, )), )",
        "torch.linear(x, w, None) | full(torch.linear(reduced(x, ), reduced(w, ), None), )",
        "torch.conv2d(x, w, None, [1, 1], \"same, (\", [1, 1]) |"
            + " full(torch.conv2d(reduced(x, ), reduced(w, ), None, [1, 1], \"same, (\", [1, 1]), )",
        "torch.addmm(c, a, b, beta=1, alpha=2) |"
            + " full(torch.addmm(reduced(c, ), reduced(a, ), reduced(b, ), beta=1, alpha=2), )",
        "torch.mm(a, mat2=b) | full(torch.mm(reduced(a, ), mat2=b), )",
        "torch.relu(torch.bmm(f(a, b)[0], c)) |"
            + " torch.relu(full(torch.bmm(reduced(f(a, b)[0], ), reduced(c, )), ))",
        "torch.mm(torch.mm(a, b), c) |"
            + " full(torch.mm(reduced(full(torch.mm(reduced(a, ), reduced(b, )), ), ), reduced(c, )), )",
      })
  void shouldCastOperandsAndTheResult(String code, String expected) {
    // when
    String rewritten = Autocast.rewrite("_0 = " + code + "\n_1 = _0\n");

    // then
    assertThat(rewritten.replace("__torch__.stillstream.autocast.", ""))
        .isEqualTo("_0 = " + expected + "\n_1 = _0\n");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "_0 = torch.mul(a, b)",
        "_0 = __torch__.torch.mm(a, b, )",
        "_0 = torch.mm_like(a, b)",
        "_0 = mytorch.mm(a, b)",
        "_0 = \"torch.mm(a, b)\"",
        "_0 = \"a \\\" torch.mm(\"",
        "_0 = torch.format('torch.mm(', x)",
        "# torch.mm",
        ""
      })
  void shouldLeaveEverythingElseAlone(String code) {
    assertThat(Autocast.rewrite(code)).isEqualTo(code);
  }

  @Test
  void shouldRefuseACallWithoutEnd() {
    assertThatThrownBy(() -> Autocast.rewrite("_0 = torch.mm(a, (b)"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("a call in its code has no end: a, (b)");
  }

  @Test
  void shouldRefuseAModuleThatItHasNoEffectOn() {
    // given: its code, with another operator in place of its only one
    byte[] file = ModelFixtures.bytes("mlp/model.pt");
    String content = new String(file, StandardCharsets.ISO_8859_1);
    assertThat(content).contains("torch.linear(");
    byte[] other =
        content.replace("torch.linear(", "torch.linaer(").getBytes(StandardCharsets.ISO_8859_1);

    // when, then
    assertThatThrownBy(() -> TorchScriptArchive.parse(other).withAutocast())
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("precision: bfloat16 has no effect on it")
        .hasMessageContaining("addbmm, addmm, baddbmm, bmm, conv1d");
  }
}
