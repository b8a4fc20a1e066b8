package io.stillstream.augmenter.operation;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Reads elements of a list of operations: {@code name: {settings}}, or the bare name of an
 * operation that needs none. What is wrong is added to a list.
 */
final class OperationParser {
  private static final String MIXING_RULE =
      ": mixup and cutmix must stand at the end of policy.operations, alone or in a one_of of"
          + " nothing else";

  private final List<String> errors;
  private final int nesting;

  /**
   * @param nesting how many operations the elements lie within
   */
  OperationParser(List<String> errors, int nesting) {
    this.errors = errors;
    this.nesting = nesting;
  }

  /** The elements of a list, those that name no operation left out; none of what is no list. */
  List<PolicyEntry> readAll(String path, JsonNode list) {
    List<PolicyEntry> entries = new ArrayList<>();
    for (int i = 0; list.isArray() && i < list.size(); i++) {
      String element = path + "[" + i + "]";
      boolean last = i == list.size() - 1;
      Optional<PolicyEntry> entry = read(element, list.get(i));
      entry.ifPresent(entries::add);
      if (entry.filter(PolicyEntry::mixes).isPresent() && !mayMix(entry.get(), last)) {
        errors.add(element + MIXING_RULE);
      }
    }
    if (nesting > 1
        && entries.stream().anyMatch(PolicyEntry::mixes)
        && !entries.stream().allMatch(PolicyEntry::mixes)) {
      errors.add(path + MIXING_RULE);
    }
    return entries;
  }

  private boolean mayMix(PolicyEntry entry, boolean last) {
    boolean itself = entry.operation() instanceof MixOperation;
    return nesting > 1 ? itself : last && (itself || entry.type().operationName().equals("one_of"));
  }

  /** The element; empty if it names no operation. */
  Optional<PolicyEntry> read(String path, JsonNode element) {
    if (element.isTextual()) {
      return read(path, element.asText(), MissingNode.getInstance());
    }
    if (!element.isObject() || element.size() != 1) {
      errors.add(path + ": must be one operation with its settings, was " + element);
      return Optional.empty();
    }
    Map.Entry<String, JsonNode> entry = element.properties().iterator().next();
    return read(path, entry.getKey(), entry.getValue());
  }

  private Optional<PolicyEntry> read(String path, String name, JsonNode settings) {
    String full = path + "." + name;
    Optional<OperationType> type = OperationType.named(name);
    if (type.isEmpty()) {
      errors.add(
          full
              + ": unknown operation; known are "
              + Stream.of(OperationType.values())
                  .map(OperationType::operationName)
                  .collect(Collectors.joining(", ")));
      return Optional.empty();
    }
    SettingsReader parameters = new SettingsReader(full, settings, errors, nesting);
    PolicyEntry entry = type.get().parse(parameters);
    parameters.rejectUnknownKeys();
    return Optional.of(entry);
  }
}
