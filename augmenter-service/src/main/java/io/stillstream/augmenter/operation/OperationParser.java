package io.stillstream.augmenter.operation;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import io.stillstream.augmenter.settings.SettingsReader;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Reads a list of operations, each {@code name: {settings}}, or the bare name of an operation that
 * needs none. Errors are added to a list.
 */
public final class OperationParser {
  /** Key of the operations of a policy and of a composite operation. */
  public static final String OPERATIONS = "operations";

  /** Number of lists, at most, that an operation is nested in. */
  public static final int MAX_NESTING = 8;

  private static final String MIXING_RULE =
      ": mixup and cutmix must stand at the end of policy.operations, alone or in a one_of of"
          + " nothing else";

  private final List<String> errors;
  private final int nesting;

  /**
   * @param nesting number of lists that the elements are nested in, this one included
   */
  OperationParser(List<String> errors, int nesting) {
    this.errors = errors;
    this.nesting = nesting;
  }

  /**
   * The setting {@link #OPERATIONS}; empty where it is absent.
   *
   * @param required whether there must be at least one operation
   */
  public static List<PolicyEntry> parse(SettingsReader settings, boolean required, String meaning) {
    JsonNode list = settings.elements(OPERATIONS, "operation", required, meaning);
    if (settings.depth() == MAX_NESTING) {
      settings.reject(OPERATIONS, "must not be nested deeper than " + MAX_NESTING);
      return List.of();
    }
    List<PolicyEntry> entries =
        new OperationParser(settings.errors(), settings.depth() + 1)
            .readAll(settings.at(OPERATIONS), list);
    settings.record(OPERATIONS, entries.stream().map(PolicyEntry::tree).toList());
    return entries;
  }

  /** The valid elements of a list; none if it is no list. */
  private List<PolicyEntry> readAll(String path, JsonNode list) {
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

  private Optional<PolicyEntry> read(String path, String name, JsonNode node) {
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
    SettingsReader settings = new SettingsReader(full, node, errors, nesting);
    PolicyEntry entry = type.get().parse(settings);
    settings.rejectUnknownKeys();
    return Optional.of(entry);
  }
}
