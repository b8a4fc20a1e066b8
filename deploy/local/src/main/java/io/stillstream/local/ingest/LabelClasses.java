package io.stillstream.local.ingest;

import io.stillstream.local.label.ClassNames;
import io.stillstream.runtime.config.StartupException;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * The classes of a source.
 *
 * @param names by class index, empty where labels are only indices
 * @param indices class index of each label that the source has
 */
record LabelClasses(List<String> names, Map<String, Integer> indices) {

  /**
   * Classes of folders. Where no names are known, the sorted names of the folders are numbered.
   *
   * @param where begins the message
   * @throws StartupException naming all folders that are no class of the known ones
   */
  static LabelClasses ofFolders(Collection<String> folders, ClassNames known, String where) {
    return known.names().isEmpty() ? sorted(folders) : known(folders, known, where);
  }

  /**
   * Classes of labels in a file. Where no names are known and every label is a whole number from 0,
   * they are class indices; else their sorted names are numbered.
   *
   * @param where begins the message
   * @throws StartupException naming all labels that are no class of the known ones
   */
  static LabelClasses ofFile(Collection<String> labels, ClassNames known, String where) {
    if (!known.names().isEmpty()) {
      return known(labels, known, where);
    }
    if (!labels.stream().allMatch(label -> label.matches("\\d{1,6}"))) {
      return sorted(labels);
    }
    return new LabelClasses(
        List.of(),
        labels.stream()
            .distinct()
            .collect(Collectors.toMap(Function.identity(), Integer::parseInt)));
  }

  private static LabelClasses sorted(Collection<String> labels) {
    List<String> names = labels.stream().distinct().sorted().toList();
    Map<String, Integer> indices = new HashMap<>();
    IntStream.range(0, names.size()).forEach(i -> indices.put(names.get(i), i));
    return new LabelClasses(names, indices);
  }

  private static LabelClasses known(Collection<String> labels, ClassNames known, String where) {
    try {
      return new LabelClasses(known.names(), known.indices(labels));
    } catch (IllegalArgumentException e) {
      throw new StartupException(where + ": " + e.getMessage(), e);
    }
  }
}
