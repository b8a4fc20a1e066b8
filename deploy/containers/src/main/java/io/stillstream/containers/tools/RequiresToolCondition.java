package io.stillstream.containers.tools;

import java.lang.reflect.AnnotatedElement;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.extension.ConditionEvaluationResult;
import org.junit.jupiter.api.extension.ExecutionCondition;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.platform.commons.support.AnnotationSupport;

/** The condition behind {@link RequiresTool}. */
public final class RequiresToolCondition implements ExecutionCondition {
  private final Set<ExternalTool> required;
  private final Predicate<ExternalTool> lookup;

  /** What {@code -Dtools} says, on this machine. */
  public RequiresToolCondition() {
    this(System.getProperty("tools", ExternalTool.IF_PRESENT), ExternalTool::isPresent);
  }

  RequiresToolCondition(String tools, Predicate<ExternalTool> lookup) {
    this.required = ExternalTool.required(tools, false);
    this.lookup = lookup;
  }

  /** The same for a test that is made at run time: ends it as left out if a tool is missing. */
  public static void assumePresent(ExternalTool tool) {
    Optional<String> reason = new RequiresToolCondition().reason(tool);
    Assumptions.assumeTrue(reason.isEmpty(), reason.orElse(""));
  }

  /**
   * Disables the test if a tool is missing.
   *
   * @throws IllegalStateException if that tool is required, so that the test fails
   */
  @Override
  public ConditionEvaluationResult evaluateExecutionCondition(ExtensionContext context) {
    return evaluate(context.getElement());
  }

  ConditionEvaluationResult evaluate(Optional<AnnotatedElement> test) {
    String reasons =
        AnnotationSupport.findAnnotation(test, RequiresTool.class).stream()
            .flatMap(annotation -> Stream.of(annotation.value()))
            .flatMap(tool -> reason(tool).stream())
            .collect(Collectors.joining("; "));
    return reasons.isEmpty()
        ? ConditionEvaluationResult.enabled("nothing is missing")
        : ConditionEvaluationResult.disabled(reasons);
  }

  private Optional<String> reason(ExternalTool tool) {
    if (lookup.test(tool)) {
      return Optional.empty();
    }
    if (required.contains(tool)) {
      throw new IllegalStateException(tool.missing());
    }
    return Optional.of(tool.missing());
  }
}
