package io.stillstream.local.label;

import io.stillstream.runtime.config.StartupException;
import io.stillstream.runtime.model.ModelSpec;
import java.nio.file.Path;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;

/**
 * Which class a text stands for: a name, where names are known, else a class index.
 *
 * @param names in the order of the student's answers; empty where they are not known
 */
public record ClassNames(List<String> names) {
  private static final Pattern INDEX = Pattern.compile("\\d{1,9}");
  private static final int SHOWN = 20;

  public ClassNames {
    names = List.copyOf(names);
  }

  /**
   * Those of a student, or those that are given.
   *
   * @param student model directory
   * @param given names; empty for none
   * @throws StartupException if both are given, a name is empty or given twice, or the directory
   *     holds no student
   */
  public static ClassNames of(Optional<Path> student, List<String> given) {
    if (student.isPresent() && !given.isEmpty()) {
      throw new StartupException("--student and --classes: must not be given together");
    }
    if (student.isPresent()) {
      List<String> names = ModelSpec.load(student.get(), "student").classes();
      if (names.isEmpty()) {
        throw new StartupException(
            "--student: " + student.get() + " names no classes; give indices, without --student");
      }
      return new ClassNames(names);
    }
    List<String> names = given.stream().map(String::strip).toList();
    Set<String> seen = new HashSet<>();
    for (String name : names) {
      if (name.isEmpty() || !seen.add(name)) {
        throw new StartupException(
            "--classes: must be different names, was " + String.join(",", given));
      }
    }
    return new ClassNames(names);
  }

  /**
   * The class index, from 0.
   *
   * @throws IllegalArgumentException if there is no such class; the message says which there are
   */
  int index(String label) {
    int named = names.indexOf(label);
    if (named >= 0) {
      return named;
    }
    boolean number = INDEX.matcher(label).matches();
    if (names.isEmpty() && !number) {
      throw new IllegalArgumentException(
          "label must be a class index, was \""
              + label
              + "\"; --student or --classes tell the names of classes");
    }
    if (!number || (!names.isEmpty() && Integer.parseInt(label) >= names.size())) {
      throw new IllegalArgumentException(
          "label must be 0 to %d, or one of %s, was \"%s\""
              .formatted(names.size() - 1, someNames(), label));
    }
    return Integer.parseInt(label);
  }

  /**
   * The class index of each label.
   *
   * @throws IllegalArgumentException naming all that are no class, and the classes that there are
   */
  public Map<String, Integer> indices(Collection<String> labels) {
    Map<String, Integer> indices = new HashMap<>();
    Set<String> unknown = new TreeSet<>();
    IllegalArgumentException first = null;
    for (String label : labels) {
      try {
        indices.put(label, index(label));
      } catch (IllegalArgumentException e) {
        first = first == null ? e : first;
        unknown.add('"' + label + '"');
      }
    }
    if (unknown.isEmpty()) {
      return indices;
    }
    throw new IllegalArgumentException(
        names.isEmpty()
            ? first.getMessage()
            : "no class is called %s; classes are 0 to %d, or %s"
                .formatted(String.join(", ", unknown), names.size() - 1, someNames()),
        first);
  }

  private String someNames() {
    String some = String.join(", ", names.subList(0, Math.min(SHOWN, names.size())));
    return names.size() <= SHOWN ? some : some + " and " + (names.size() - SHOWN) + " more";
  }
}
