package io.stillstream.runtime.augmentation;

import io.stillstream.schemas.AugmentedView;
import io.stillstream.schemas.Mix;
import io.stillstream.schemas.Operation;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * An operation of a recipe and how strongly it was applied, as a bin of a fixed scale: the key of
 * counts and the tags of metrics. There is a closed list of operations, and each has at most nine
 * bins.
 *
 * @param operation as in recipes, such as {@code rotate}; a step with several effects has one for
 *     each, such as {@code affine_shear}; {@link #ORIGINAL}, {@link #AUGMENTED}; {@code other} for
 *     a step that is not known
 * @param unit of the strength, such as degrees; empty where it has none
 * @param bin its number on the scale, from 0
 * @param strength the bin as text: {@code 4-8} is above 4 and up to 8, {@code 60+} above 60, {@code
 *     0} exactly none; {@code any} where the operation has no strength
 */
public record OperationStrength(String operation, String unit, int bin, String strength)
    implements Comparable<OperationStrength> {
  /** View 0 of an image, to which no operation is applied. */
  public static final OperationStrength ORIGINAL = StrengthScale.unmeasured("original");

  /** Every other view, whatever its operations. */
  public static final OperationStrength AUGMENTED = StrengthScale.unmeasured("augmented");

  private static final Comparator<OperationStrength> ORDER =
      Comparator.comparing((OperationStrength key) -> !key.equals(ORIGINAL))
          .thenComparing(key -> !key.equals(AUGMENTED))
          .thenComparing(OperationStrength::operation)
          .thenComparing(OperationStrength::bin);

  /**
   * The keys that a view counts for, each once: {@link #ORIGINAL}, or {@link #AUGMENTED} and its
   * operations. Of several steps with the same operation the strongest counts. Steps within {@code
   * aug_mix} do not count on their own.
   */
  public static List<OperationStrength> of(AugmentedView view) {
    if (view.getLineage().getViewIndex() == 0) {
      return List.of(ORIGINAL);
    }
    Map<String, OperationStrength> strongest = new LinkedHashMap<>();
    double pixels = (double) view.getHeight() * view.getWidth();
    List<Operation> steps = view.getRecipe().getOperations();
    for (int i = 0; i < steps.size(); i++) {
      Operation step = steps.get(i);
      StrengthScale.strengths(step.getName(), step.getParameters(), pixels)
          .forEach(
              key ->
                  strongest.merge(
                      key.operation(), key, (one, two) -> one.bin() >= two.bin() ? one : two));
      int within = StrengthScale.stepsWithin(step.getName(), step.getParameters());
      i += Math.min(within, steps.size() - i);
    }
    Mix mix = view.getRecipe().getMix();
    if (mix != null) {
      OperationStrength mixed = StrengthScale.mix(mix.getKind(), mix.getLambda());
      strongest.put(mixed.operation(), mixed);
    }
    List<OperationStrength> keys = new ArrayList<>();
    keys.add(AUGMENTED);
    keys.addAll(strongest.values());
    return keys;
  }

  /** The original first, then all augmented views, then operations by name and strength. */
  @Override
  public int compareTo(OperationStrength other) {
    return ORDER.compare(this, other);
  }
}
