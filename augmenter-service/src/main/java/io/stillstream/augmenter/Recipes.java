package io.stillstream.augmenter;

import io.stillstream.augmenter.policy.Mix;
import io.stillstream.augmenter.policy.Recipe;
import io.stillstream.augmenter.policy.Step;
import io.stillstream.schemas.AugmentedView;
import io.stillstream.schemas.Box;
import io.stillstream.schemas.Operation;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/** Translates recipes into the form that views carry, and back; nothing is lost either way. */
public final class Recipes {
  private Recipes() {}

  /**
   * The recipe that a view was made by.
   *
   * @throws IllegalArgumentException if it mixes in a way that is not known
   */
  public static Recipe of(AugmentedView view) {
    io.stillstream.schemas.Recipe record = view.getRecipe();
    return new Recipe(record.getDecodeScale(), steps(record.getOperations()), mix(record.getMix()));
  }

  /** The form for records. */
  public static io.stillstream.schemas.Recipe record(Recipe recipe) {
    return new io.stillstream.schemas.Recipe(
        recipe.decodeScale(), operations(recipe.steps()), record(recipe.mix()));
  }

  private static Mix mix(io.stillstream.schemas.Mix record) {
    if (record == null) {
      return null;
    }
    Box box = record.getBox();
    return new Mix(
        kind(record.getKind()),
        new Mix.Partner(
            record.getPartnerTopic(),
            record.getPartnerPartition(),
            record.getPartnerOffset(),
            record.getPartnerImageId()),
        record.getPartnerDecodeScale(),
        steps(record.getPartnerOperations()),
        record.getLambda(),
        box == null
            ? null
            : new Mix.Box(box.getTop(), box.getLeft(), box.getHeight(), box.getWidth()));
  }

  private static io.stillstream.schemas.Mix record(Mix mix) {
    if (mix == null) {
      return null;
    }
    Mix.Box box = mix.box();
    return new io.stillstream.schemas.Mix(
        name(mix.kind()),
        mix.partner().topic(),
        mix.partner().partition(),
        mix.partner().offset(),
        mix.partner().imageId(),
        mix.partnerDecodeScale(),
        operations(mix.partnerSteps()),
        mix.lambda(),
        box == null ? null : new Box(box.top(), box.left(), box.height(), box.width()));
  }

  private static List<Step> steps(List<Operation> operations) {
    return operations.stream()
        .map(operation -> Step.of(operation.getName(), operation.getParameters()))
        .toList();
  }

  private static List<Operation> operations(List<Step> steps) {
    return steps.stream().map(step -> new Operation(step.name(), step.values())).toList();
  }

  private static Mix.Kind kind(String name) {
    return Arrays.stream(Mix.Kind.values())
        .filter(kind -> name(kind).equals(name))
        .findFirst()
        .orElseThrow(
            () -> new IllegalArgumentException("mixes in a way that is not known: " + name));
  }

  private static String name(Mix.Kind kind) {
    return kind.name().toLowerCase(Locale.ROOT);
  }
}
