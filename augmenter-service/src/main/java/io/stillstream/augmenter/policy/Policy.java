package io.stillstream.augmenter.policy;

import com.fasterxml.jackson.databind.JsonNode;
import io.stillstream.schemas.PixelEncoding;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/**
 * What views are made of each image: immutable, and the same policy always makes the same views.
 */
public final class Policy {
  private final long seed;
  private final int views;
  private final Output output;
  private final List<Operation> operations;
  private final String canonicalJson;
  private final String hash;

  Policy(long seed, int views, Output output, List<Operation> operations) {
    this.seed = seed;
    this.views = views;
    this.output = output;
    this.operations = List.copyOf(operations);
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

  /** Number that all view seeds depend on. */
  public long seed() {
    return seed;
  }

  /** Views per image, the original included; at least 1. */
  public int views() {
    return views;
  }

  /** What every view looks like. */
  public Output output() {
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

  /**
   * The recipe of one view. View 0 is the original: nothing but the output rule. For the others
   * each operation in turn takes one number from the stream, is applied if it is below {@code p},
   * and then draws its values.
   *
   * @param viewIndex 0 to {@code views() − 1}
   * @param random the view's own stream
   * @param image size of the decoded image
   */
  public Recipe recipe(int viewIndex, RandomStream random, Size image) {
    List<Step> steps = new ArrayList<>();
    Frame frame = Frame.of(image);
    if (viewIndex > 0) {
      for (Operation operation : operations) {
        if (random.nextDouble() < operation.probability()) {
          Step step = operation.draw(random, frame.size());
          steps.add(step);
          frame = operation.type().apply(frame, step);
        }
      }
    }
    steps.addAll(output.fit().steps(frame.size(), output.size()));
    return new Recipe(steps);
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
    tree.put("operations", operations.stream().map(Policy::tree).toList());
    return tree;
  }

  private static Map<String, Object> tree(Operation operation) {
    Map<String, Object> settings = new TreeMap<>(operation.settings());
    settings.put("p", operation.probability());
    return Map.of(operation.type().operationName(), settings);
  }

  private static String lower(Enum<?> constant) {
    return constant.name().toLowerCase(Locale.ROOT);
  }
}
