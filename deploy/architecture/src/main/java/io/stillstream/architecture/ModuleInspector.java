package io.stillstream.architecture;

import static java.util.function.Predicate.not;
import static java.util.stream.Collectors.counting;
import static java.util.stream.Collectors.groupingBy;
import static java.util.stream.Collectors.toCollection;

import com.tngtech.archunit.core.domain.Dependency;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaConstructor;
import com.tngtech.archunit.core.domain.JavaField;
import com.tngtech.archunit.core.domain.JavaModifier;
import java.util.Map;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** Finds in one module what the rules limit. Names are qualified. */
final class ModuleInspector {
  /** Most top-level classes of a package. */
  static final int MAX_CLASSES = 20;

  /** Most parameters of a constructor. */
  static final int MAX_PARAMETERS = 8;

  private static final Pattern UNCLEAR_CLASS = Pattern.compile(".*(Utils?|Manager|Helper|Impl)");
  private static final Pattern UNCLEAR_PACKAGE = Pattern.compile(".*\\.common(\\..*)?");

  private final JavaClasses classes;
  private final String rootPackage;

  ModuleInspector(JavaClasses classes, String rootPackage) {
    this.classes = classes;
    this.rootPackage = rootPackage;
  }

  JavaClasses classes() {
    return classes;
  }

  String rootPackage() {
    return rootPackage;
  }

  /**
   * Other modules of the project that classes depend on, by the package below the project's, and
   * one such dependency.
   */
  SortedMap<String, String> usedModules() {
    String project = rootPackage.substring(0, rootPackage.lastIndexOf('.') + 1);
    Pattern module = Pattern.compile(Pattern.quote(project) + "([^.]+)\\..*");
    SortedMap<String, String> used = new TreeMap<>();
    for (JavaClass type : classes) {
      for (Dependency dependency : type.getDirectDependenciesFromSelf()) {
        Matcher target =
            module.matcher(dependency.getTargetClass().getBaseComponentType().getName());
        if (target.matches() && !rootPackage.equals(project + target.group(1))) {
          used.putIfAbsent(target.group(1), dependency.getDescription());
        }
      }
    }
    return used;
  }

  /** Packages with more top-level classes than {@link #MAX_CLASSES}. */
  SortedSet<String> largePackages() {
    return handWritten()
        .filter(JavaClass::isTopLevelClass)
        .filter(type -> !type.getSimpleName().equals("package-info"))
        .collect(groupingBy(JavaClass::getPackageName, counting()))
        .entrySet()
        .stream()
        .filter(entry -> entry.getValue() > MAX_CLASSES)
        .map(Map.Entry::getKey)
        .collect(toCollection(TreeSet::new));
  }

  /**
   * Constructors with more parameters than {@link #MAX_PARAMETERS}, each as {@code CLASS: NUMBER}.
   *
   * <p>Records are exempt: theirs are the data that they are, the keys of a settings file or the
   * fields of a file on disk, and each has a name. Parameters that the compiler adds do not count:
   * name and ordinal of an enum's constant, the instance around an inner class.
   */
  SortedSet<String> longConstructors() {
    return handWritten()
        .filter(not(JavaClass::isRecord))
        .filter(not(ModuleInspector::isInCode))
        .flatMap(type -> type.getConstructors().stream())
        .filter(constructor -> parameters(constructor) > MAX_PARAMETERS)
        .map(constructor -> constructor.getOwner().getName() + ": " + parameters(constructor))
        .collect(toCollection(TreeSet::new));
  }

  /** Classes that could be extended. Of an enum, only its constants can be. */
  SortedSet<String> openClasses() {
    return handWritten()
        .filter(not(JavaClass::isInterface))
        .filter(not(JavaClass::isEnum))
        .filter(not(ModuleInspector::isInCode))
        .filter(type -> !type.getModifiers().contains(JavaModifier.FINAL))
        .map(JavaClass::getName)
        .collect(toCollection(TreeSet::new));
  }

  /** Static fields that are not final. */
  SortedSet<String> mutableStatics() {
    return handWritten()
        .flatMap(type -> type.getFields().stream())
        .filter(field -> field.getModifiers().contains(JavaModifier.STATIC))
        .filter(field -> !field.getModifiers().contains(JavaModifier.FINAL))
        .map(JavaField::getFullName)
        .collect(toCollection(TreeSet::new));
  }

  /** Classes and packages whose names do not say what they are. */
  SortedSet<String> unclearNames() {
    return Stream.concat(
            handWritten().map(JavaClass::getName).filter(UNCLEAR_CLASS.asMatchPredicate()),
            handWritten().map(JavaClass::getPackageName).filter(UNCLEAR_PACKAGE.asMatchPredicate()))
        .collect(toCollection(TreeSet::new));
  }

  private static int parameters(JavaConstructor constructor) {
    JavaClass owner = constructor.getOwner();
    int added = owner.isEnum() ? 2 : owner.isInnerClass() ? 1 : 0;
    return constructor.getRawParameterTypes().size() - added;
  }

  /**
   * Anonymous and local classes: the compiler adds parameters and can see all that extends them.
   */
  private static boolean isInCode(JavaClass type) {
    return type.isAnonymousClass() || type.isLocalClass();
  }

  private Stream<JavaClass> handWritten() {
    return classes.stream().filter(not(ProductionClasses::isGenerated));
  }
}
