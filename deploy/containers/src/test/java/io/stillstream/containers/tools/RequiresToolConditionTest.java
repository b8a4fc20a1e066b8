package io.stillstream.containers.tools;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ConditionEvaluationResult;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RequiresToolConditionTest {
  @RequiresTool({ExternalTool.KUBECTL, ExternalTool.PROMETHEUS, ExternalTool.CHROMIUM})
  private static final class NeedsThree {}

  private static final class NeedsNothing {}

  @Test
  void shouldLeaveOutWhatLacksATool() {
    // when
    ConditionEvaluationResult result = evaluate("if-present", NeedsThree.class);

    // then
    assertThat(result.isDisabled()).isTrue();
    assertThat(result.getReason().orElseThrow())
        .isEqualTo(
            "kubectl is missing: kubectl (Debian: kubernetes-client); "
                + "chromium is missing: Chromium and ChromeDriver (Debian: chromium chromium-driver)");
  }

  @Test
  void shouldRunWhatLacksNothing() {
    assertThat(evaluate("required", NeedsNothing.class).isDisabled()).isFalse();
    assertThat(
            new RequiresToolCondition("required", tool -> true)
                .evaluate(Optional.of(NeedsThree.class))
                .isDisabled())
        .isFalse();
  }

  @ParameterizedTest
  @ValueSource(strings = {"required", "kubectl", "prometheus,kubectl"})
  void shouldFailWhereTheToolIsRequired(String tools) {
    assertThatThrownBy(() -> evaluate(tools, NeedsThree.class))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("kubectl is missing");
  }

  @Test
  void shouldRefuseAToolThatIsNotListed() {
    assertThatThrownBy(() -> evaluate("requird", NeedsThree.class))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("must be if-present, required or names of")
        .hasMessageEndingWith("was requird");
  }

  /** On a machine that has only Prometheus. */
  private static ConditionEvaluationResult evaluate(String tools, Class<?> test) {
    return new RequiresToolCondition(tools, Set.of(ExternalTool.PROMETHEUS)::contains)
        .evaluate(Optional.of(test));
  }
}
