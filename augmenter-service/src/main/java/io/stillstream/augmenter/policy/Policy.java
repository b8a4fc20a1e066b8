package io.stillstream.augmenter.policy;

import com.fasterxml.jackson.databind.JsonNode;
import io.stillstream.augmenter.geometry.ImageSize;
import io.stillstream.augmenter.operation.PolicyEntry;
import io.stillstream.augmenter.operation.api.RecipeBuilder;
import io.stillstream.augmenter.operation.geometric.GeometricOperation;
import io.stillstream.augmenter.random.RandomStream;
import io.stillstream.augmenter.recipe.MixCandidate;
import io.stillstream.augmenter.recipe.MixRecipe;
import io.stillstream.augmenter.recipe.RecipeStep;
import io.stillstream.augmenter.recipe.ViewRecipe;
import io.stillstream.augmenter.settings.CanonicalJson;
import io.stillstream.schemas.PixelEncoding;
import io.stillstream.schemas.values.Sha256;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * Which views are generated for each image. Immutable; the same policy always gives the same views.
 */
public final class Policy {
  private final long seed;
  private final int views;
  private final OutputFormat output;
  private final List<PolicyEntry> operations;
  private final Optional<PolicyEntry> mixing;
  private final String canonicalJson;
  private final String hash;

  Policy(long seed, int views, OutputFormat output, List<PolicyEntry> operations) {
    this.seed = seed;
    this.views = views;
    this.output = output;
    int last = operations.size() - 1;
    mixing = operations.stream().skip(Math.max(0, last)).filter(PolicyEntry::mixes).findFirst();
    this.operations = List.copyOf(mixing.isEmpty() ? operations : operations.subList(0, last));
    canonicalJson = CanonicalJson.of(tree());
    hash = Sha256.hex(canonicalJson);
  }

  /**
   * Reads the {@code policy} part of a configuration.
   *
   * @throws PolicyException with everything that is wrong, keys from {@code policy} on
   */
  public static Policy parse(JsonNode tree) {
    return PolicyParser.parse(tree);
  }

  /** The policy with one view of each image: the original, at the output size. */
  public static Policy original(OutputFormat output) {
    return new Policy(0, 1, output, List.of());
  }

  /**
   * The same operations and output with another seed and number of views.
   *
   * @param newViews at least 1
   */
  public Policy withSeedAndViews(long newSeed, int newViews) {
    if (newViews < 1) {
      throw new IllegalArgumentException("views must be at least 1, was " + newViews);
    }
    return new Policy(newSeed, newViews, output, allOperations());
  }

  /** Number that all view seeds depend on. */
  public long seed() {
    return seed;
  }

  /** Views per image, the original included; at least 1. */
  public int views() {
    return views;
  }

  /** What every view looks like. */
  public OutputFormat output() {
    return output;
  }

  /**
   * The policy with every default filled in, in canonical JSON: equal policies have equal texts.
   */
  public String canonicalJson() {
    return canonicalJson;
  }

  /** SHA-256 of the canonical JSON, lower-case hex. */
  public String hash() {
    return hash;
  }

  /** Whether views may be mixed with a second image. */
  public boolean mixesImages() {
    return mixing.isPresent();
  }

  /**
   * Which of several images is to be mixed into the views of an image: each equally likely, by the
   * stream of view 0, which needs no numbers itself.
   *
   * @param random the stream of view 0
   * @param count how many there are, at least 1
   * @return 0 to {@code count − 1}
   */
  public int partnerIndex(RandomStream random, int count) {
    return random.between(0, count - 1);
  }

  /** The recipe of one view where there is no second image to mix in. */
  public ViewRecipe recipe(int viewIndex, RandomStream random, ImageSize image) {
    return recipe(viewIndex, random, image, null);
  }

  /**
   * The recipe of one view. View 0 is the original: nothing but the output rule. For the others
   * each operation in turn takes one number from the stream, is applied if it is below {@code p},
   * and then draws its values; then mixing does the same, and if it is applied, the operations are
   * drawn once more, for the second image.
   *
   * @param viewIndex 0 to {@code views() − 1}
   * @param random the view's own stream
   * @param image size of the image, upright and at full scale
   * @param second an image to mix in; null if there is none
   */
  public ViewRecipe recipe(
      int viewIndex, RandomStream random, ImageSize image, MixCandidate second) {
    if (viewIndex == 0) {
      return ViewRecipe.of(output.fit().steps(image, output.size()));
    }
    List<RecipeStep> steps = steps(random, image);
    if (second == null || mixing.isEmpty()) {
      return ViewRecipe.of(steps);
    }
    RecipeBuilder mixed = new RecipeBuilder(output.size(), GeometricOperation::sizeAfter);
    mixing.get().draw(random, mixed);
    MixRecipe mix =
        mixed
            .mix()
            .map(
                how ->
                    new MixRecipe(
                        how.kind(),
                        second.coordinates(),
                        1,
                        steps(random, second.size().get()),
                        how.lambda(),
                        how.box()))
            .orElse(null);
    return new ViewRecipe(1, steps, mix);
  }

  /** The steps drawn for an image, up to the size of the output. */
  private List<RecipeStep> steps(RandomStream random, ImageSize image) {
    RecipeBuilder recipe = new RecipeBuilder(image, GeometricOperation::sizeAfter);
    operations.forEach(entry -> entry.draw(random, recipe));
    recipe.addAll(output.fit().steps(recipe.size(), output.size()));
    return recipe.steps();
  }

  private Map<String, Object> tree() {
    Map<String, Object> tree = new TreeMap<>();
    tree.put("seed", seed);
    tree.put("views", views);
    tree.put("encoding", lower(output.encoding()));
    if (output.encoding() == PixelEncoding.JPEG) {
      tree.put("quality", output.quality());
    }
    tree.put(
        "output",
        Map.of(
            "height", output.size().height(),
            "width", output.size().width(),
            "channels", output.channels(),
            "fit", lower(output.fit())));
    tree.put("operations", allOperations().stream().map(PolicyEntry::tree).toList());
    return tree;
  }

  /** The list as the policy has it, mixing at its end. */
  private List<PolicyEntry> allOperations() {
    return Stream.concat(operations.stream(), mixing.stream()).toList();
  }

  private static String lower(Enum<?> constant) {
    return constant.name().toLowerCase(Locale.ROOT);
  }
}
