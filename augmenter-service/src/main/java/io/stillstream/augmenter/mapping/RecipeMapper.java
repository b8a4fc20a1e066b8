package io.stillstream.augmenter.mapping;

import io.stillstream.augmenter.recipe.MixRecipe;
import io.stillstream.augmenter.recipe.RecipeStep;
import io.stillstream.augmenter.recipe.ViewRecipe;
import io.stillstream.schemas.AugmentedView;
import io.stillstream.schemas.Box;
import io.stillstream.schemas.Operation;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/** Converts recipes to and from their Avro records, without loss. */
public final class RecipeMapper {
  private RecipeMapper() {}

  /**
   * The recipe that a view was made by.
   *
   * @throws IllegalArgumentException if it mixes in a way that is not known
   */
  public static ViewRecipe fromAvro(AugmentedView view) {
    io.stillstream.schemas.Recipe record = view.getRecipe();
    return new ViewRecipe(
        record.getDecodeScale(), steps(record.getOperations()), mix(record.getMix()));
  }

  /** The form for records. */
  public static io.stillstream.schemas.Recipe toAvro(ViewRecipe recipe) {
    return new io.stillstream.schemas.Recipe(
        recipe.decodeScale(), operations(recipe.steps()), toAvro(recipe.mix()));
  }

  private static MixRecipe mix(io.stillstream.schemas.Mix record) {
    if (record == null) {
      return null;
    }
    Box box = record.getBox();
    return new MixRecipe(
        kind(record.getKind()),
        new MixRecipe.PartnerCoordinates(
            record.getPartnerTopic(),
            record.getPartnerPartition(),
            record.getPartnerOffset(),
            record.getPartnerImageId()),
        record.getPartnerDecodeScale(),
        steps(record.getPartnerOperations()),
        record.getLambda(),
        box == null
            ? null
            : new MixRecipe.PixelBox(box.getTop(), box.getLeft(), box.getHeight(), box.getWidth()));
  }

  private static io.stillstream.schemas.Mix toAvro(MixRecipe mix) {
    if (mix == null) {
      return null;
    }
    MixRecipe.PixelBox box = mix.box();
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

  private static List<RecipeStep> steps(List<Operation> operations) {
    return operations.stream()
        .map(operation -> RecipeStep.of(operation.getName(), operation.getParameters()))
        .toList();
  }

  private static List<Operation> operations(List<RecipeStep> steps) {
    return steps.stream().map(step -> new Operation(step.name(), step.values())).toList();
  }

  private static MixRecipe.Kind kind(String name) {
    return Arrays.stream(MixRecipe.Kind.values())
        .filter(kind -> name(kind).equals(name))
        .findFirst()
        .orElseThrow(
            () -> new IllegalArgumentException("mixes in a way that is not known: " + name));
  }

  private static String name(MixRecipe.Kind kind) {
    return kind.name().toLowerCase(Locale.ROOT);
  }
}
