package io.stillstream.local.playground;

import java.util.Collections;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.Map;
import java.util.Set;
import org.yaml.snakeyaml.error.Mark;
import org.yaml.snakeyaml.nodes.MappingNode;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.nodes.NodeTuple;
import org.yaml.snakeyaml.nodes.ScalarNode;
import org.yaml.snakeyaml.nodes.SequenceNode;

/**
 * Where in a YAML text the keys stand that errors name, as {@code policy.operations[1].rotate}. A
 * key that is missing stands where the mapping does that should have it.
 */
final class YamlLocations {
  /** Of a value, and of the key before it. */
  private record KeyAndValueMarks(Mark key, Mark value) {}

  private final Map<String, KeyAndValueMarks> places = new HashMap<>();
  private final Set<Node> seen = Collections.newSetFromMap(new IdentityHashMap<>());

  /**
   * @param root what the path begins with
   */
  YamlLocations(String root, Node node) {
    walk(root, node.getStartMark(), node);
  }

  private void walk(String path, Mark key, Node node) {
    places.putIfAbsent(path, new KeyAndValueMarks(key, node.getStartMark()));
    // An alias is the same node once more.
    if (!seen.add(node)) {
      return;
    }
    if (node instanceof MappingNode mapping) {
      for (NodeTuple tuple : mapping.getValue()) {
        if (tuple.getKeyNode() instanceof ScalarNode name) {
          walk(path + "." + name.getValue(), name.getStartMark(), tuple.getValueNode());
        }
      }
    } else if (node instanceof SequenceNode sequence) {
      for (int i = 0; i < sequence.getValue().size(); i++) {
        Node element = sequence.getValue().get(i);
        walk(path + "[" + i + "]", element.getStartMark(), element);
      }
    }
  }

  /** An error that begins with a path, with the place of the longest part of it that is there. */
  PlaygroundError locate(String error) {
    String path = "";
    for (String known : places.keySet()) {
      if (known.length() > path.length() && beginsWith(error, known)) {
        path = known;
      }
    }
    KeyAndValueMarks place = places.get(path);
    if (place == null) {
      return PlaygroundError.nowhere(error);
    }
    boolean whole = error.startsWith(": ", path.length());
    boolean unknown = error.startsWith(": unknown ", path.length());
    Mark mark = whole && !unknown ? place.value : place.key;
    return new PlaygroundError(mark.getLine() + 1, mark.getColumn() + 1, error);
  }

  private static boolean beginsWith(String error, String path) {
    return error.startsWith(path)
        && error.length() > path.length()
        && ":.[".indexOf(error.charAt(path.length())) >= 0;
  }
}
