package io.stillstream.augmenter.operation;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.stillstream.augmenter.settings.SettingDoc;
import io.stillstream.augmenter.settings.SettingsReader;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.stream.Stream;

/**
 * Valid policies at random: every setting that an operation documents is drawn from its documented
 * form and range. What two settings forbid together is drawn again.
 */
public final class RandomPolicyGenerator {
  private static final JsonNodeFactory NODES = JsonNodeFactory.instance;

  /** Sizes and shifts beyond this cost time and show nothing new, pixels. */
  private static final double LARGEST_WHOLE = 120;

  private static final int MOST_TRIES = 500;

  private static final List<OperationType> TYPES = List.of(OperationType.values());

  private final Random random;

  public RandomPolicyGenerator(long seed) {
    random = new Random(seed);
  }

  /** Names of all operations. */
  public static List<String> operations() {
    return Stream.of(OperationType.values()).map(OperationType::operationName).toList();
  }

  /** The settings that an operation has. */
  static List<SettingDoc> settings(OperationType type) {
    SettingsReader settings = new SettingsReader("x", MissingNode.getInstance(), new ArrayList<>());
    type.parse(settings);
    return settings.docs();
  }

  /**
   * A policy as a tree.
   *
   * @param operation one that takes part in any case
   */
  public ObjectNode policy(String operation) {
    OperationType wanted = OperationType.named(operation).orElseThrow();
    ObjectNode policy = NODES.objectNode();
    policy.put("seed", random.nextLong()).put("views", 2 + random.nextInt(2));
    policy
        .putObject("output")
        .put("height", 1 + random.nextInt(48))
        .put("width", 1 + random.nextInt(48))
        .put("channels", random.nextBoolean() ? 1 : 3)
        .put("fit", random.nextBoolean() ? "stretch" : "crop");
    policy.put("encoding", random.nextBoolean() ? "raw" : "png");
    ArrayNode operations = policy.putArray("operations");
    int before = random.nextInt(3);
    for (int i = 0; i < before; i++) {
      operations.add(element(any(), 0));
    }
    if (!mixes(wanted)) {
      operations.add(element(wanted, 0));
    } else if (random.nextBoolean()) {
      operations.add(element(wanted, 0));
    } else {
      operations.addObject().putObject("one_of").putArray("operations").add(element(wanted, 1));
    }
    return policy;
  }

  /** An element of a list of operations. */
  JsonNode element(OperationType type, int depth) {
    for (int i = 0; i < MOST_TRIES; i++) {
      ObjectNode element = NODES.objectNode();
      ObjectNode settings = element.putObject(type.operationName());
      for (SettingDoc setting : settings(type)) {
        if (setting.defaultValue() == null || random.nextInt(3) > 0) {
          settings.set(setting.name(), value(setting, depth));
        }
      }
      List<String> errors = new ArrayList<>();
      Optional<PolicyEntry> read = new OperationParser(errors, 2).read("x", element);
      if (errors.isEmpty() && read.isPresent()) {
        return element;
      }
    }
    throw new AssertionError("found no valid settings of " + type.operationName());
  }

  private OperationType any() {
    while (true) {
      OperationType type = TYPES.get(random.nextInt(TYPES.size()));
      if (!mixes(type)) {
        return type;
      }
    }
  }

  private static boolean mixes(OperationType type) {
    SettingsReader settings = new SettingsReader("x", MissingNode.getInstance(), new ArrayList<>());
    return type.parse(settings).mixes();
  }

  private JsonNode value(SettingDoc setting, int depth) {
    if (setting.form().equals("list of operations")) {
      ArrayNode list = NODES.arrayNode();
      int count = 1 + random.nextInt(3);
      while (list.size() < count) {
        OperationType type = any();
        boolean nests =
            settings(type).stream().anyMatch(one -> one.form().equals("list of operations"));
        if (!nests || depth < 2) {
          list.add(element(type, depth + 1));
        }
      }
      return list;
    }
    if (setting.form().equals("flag")) {
      return NODES.booleanNode(random.nextBoolean());
    }
    String[] ends = setting.range().split(" to ", -1);
    if (ends.length != 2) {
      String[] names = setting.range().split(", ", -1);
      return NODES.textNode(names[random.nextInt(names.length)]);
    }
    double from = Double.parseDouble(ends[0]);
    double to = Double.parseDouble(ends[1]);
    boolean whole = setting.form().matches("(whole|n[ ,]).*");
    if (setting.form().matches("number or [a-z]+") && random.nextBoolean()) {
      return NODES.textNode(setting.form().replaceAll(".* ", ""));
    }
    int count = setting.form().contains("[") ? List.of(1, 2, 2, 4).get(random.nextInt(4)) : 1;
    if (count == 1) {
      return number(from, to, whole);
    }
    ArrayNode list = NODES.arrayNode();
    for (int i = 0; i < count; i++) {
      list.add(number(from, to, whole));
    }
    return list;
  }

  private JsonNode number(double from, double to, boolean whole) {
    double end = Math.min(to, Math.max(from, whole || to > 1_000 ? LARGEST_WHOLE : to));
    double number = from + (end - from) * random.nextDouble();
    return whole
        ? NODES.numberNode((long) Math.min(end, Math.floor(number + random.nextInt(2))))
        : NODES.numberNode(Math.max(from, Math.round(number * 1_000) / 1_000.0));
  }
}
