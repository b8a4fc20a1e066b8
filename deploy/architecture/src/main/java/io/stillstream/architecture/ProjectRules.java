package io.stillstream.architecture;

import static java.util.stream.Collectors.groupingBy;
import static java.util.stream.Collectors.mapping;
import static java.util.stream.Collectors.toCollection;
import static java.util.stream.Collectors.toList;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/** What can only be checked where the classes of all modules are on the class path. */
public final class ProjectRules {
  private static final String PROJECT = "io.stillstream.";

  private ProjectRules() {}

  /** The modules that the classes are of: {@code schemas} for {@code io.stillstream.schemas}. */
  public static SortedSet<String> modules(JavaClasses classes) {
    return classes.stream()
        .map(JavaClass::getPackageName)
        .filter(name -> name.startsWith(PROJECT))
        .map(name -> name.substring(PROJECT.length()).split("\\.", 2)[0])
        .collect(toCollection(TreeSet::new));
  }

  /**
   * No two top-level classes have the same simple name, whatever their modules; records of Avro are
   * classes, too.
   *
   * @throws AssertionError naming those that have
   */
  public static void requireUniqueNames(JavaClasses classes) {
    TreeMap<String, List<String>> names =
        classes.stream()
            .filter(JavaClass::isTopLevelClass)
            .filter(type -> !type.getSimpleName().equals("package-info"))
            .collect(
                groupingBy(
                    JavaClass::getSimpleName, TreeMap::new, mapping(JavaClass::getName, toList())));
    names.values().removeIf(same -> same.size() == 1);
    if (!names.isEmpty()) {
      throw new AssertionError("classes of the same simple name: " + names);
    }
  }
}
