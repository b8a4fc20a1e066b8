package io.stillstream.architecture;

import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.library.dependencies.SliceAssignment;
import com.tngtech.archunit.library.dependencies.SliceIdentifier;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeSet;

/**
 * The rules that hold in every module:
 *
 * <ul>
 *   <li>it depends on exactly the modules that it lists, so services are independent of each other;
 *   <li>its packages have no cycles of dependencies, each package by itself, not with those below;
 *   <li>a package has at most 20 top-level classes;
 *   <li>a constructor has at most 8 parameters, see {@link ModuleInspector#longConstructors};
 *   <li>classes are final, static fields too;
 *   <li>no class is named {@code …Utils}, {@code …Manager}, {@code …Helper} or {@code …Impl}, and
 *       no package {@code common}.
 * </ul>
 *
 * <p>Generated classes are exempt from all but the first two. A module lists its large packages and
 * open classes, and the lists must be exact: an entry without need is a failure, too.
 */
public final class ArchitectureRules {
  private final ModuleInspector module;
  private final Set<String> usedModules = new TreeSet<>();
  private final Set<String> largePackages = new TreeSet<>();
  private final Set<String> openClasses = new TreeSet<>();

  private ArchitectureRules(ModuleInspector module) {
    this.module = module;
  }

  /**
   * The rules of a module, without any exception.
   *
   * @param classes all production classes of the module
   * @param rootPackage the package that they are in or below, {@code io.stillstream.MODULE}
   */
  public static ArchitectureRules of(JavaClasses classes, String rootPackage) {
    return new ArchitectureRules(new ModuleInspector(classes, rootPackage));
  }

  /**
   * Which modules of this project it depends on: {@code schemas} for {@code
   * io.stillstream.schemas}.
   */
  public ArchitectureRules using(String... modules) {
    usedModules.addAll(List.of(modules));
    return this;
  }

  /** Packages that have more than 20 classes. */
  public ArchitectureRules withLargePackages(String... packages) {
    largePackages.addAll(List.of(packages));
    return this;
  }

  /** Classes that are not final. */
  public ArchitectureRules withOpenClasses(String... classNames) {
    openClasses.addAll(List.of(classNames));
    return this;
  }

  /**
   * Checks all rules.
   *
   * @throws AssertionError with everything that is against them
   */
  public void check() {
    List<String> problems = new ArrayList<>();
    modules(problems);
    compare(
        "has more than " + ModuleInspector.MAX_CLASSES + " classes in package",
        largePackages,
        module.largePackages(),
        problems);
    compare(
        "has more than " + ModuleInspector.MAX_PARAMETERS + " parameters in the constructor of",
        Set.of(),
        module.longConstructors(),
        problems);
    compare("has the class without final", openClasses, module.openClasses(), problems);
    compare("has the static field without final", Set.of(), module.mutableStatics(), problems);
    compare("has the unclear name", Set.of(), module.unclearNames(), problems);
    cycles(problems);
    if (!problems.isEmpty()) {
      throw new AssertionError(module.rootPackage() + "\n" + String.join("\n", problems));
    }
  }

  private void modules(List<String> problems) {
    SortedMap<String, String> found = module.usedModules();
    compare("depends on module", usedModules, found.keySet(), problems);
    found.forEach(
        (name, example) -> {
          if (!usedModules.contains(name)) {
            problems.add("  " + example);
          }
        });
  }

  private static void compare(
      String what, Set<String> listed, Set<String> found, List<String> problems) {
    found.stream()
        .filter(one -> !listed.contains(one))
        .forEach(one -> problems.add(what + " " + one));
    listed.stream()
        .filter(one -> !found.contains(one))
        .forEach(one -> problems.add("is listed without need: " + what + " " + one));
  }

  private void cycles(List<String> problems) {
    try {
      slices().assignedFrom(new Packages()).should().beFreeOfCycles().check(module.classes());
    } catch (AssertionError e) {
      problems.add(e.getMessage());
    }
  }

  /** Each package is a slice of its own. */
  private static final class Packages implements SliceAssignment {
    @Override
    public SliceIdentifier getIdentifierOf(JavaClass type) {
      return SliceIdentifier.of(type.getPackageName());
    }

    @Override
    public String getDescription() {
      return "packages";
    }
  }
}
