package io.stillstream.architecture;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.PackageMatcher;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;

/** The classes of modules without their tests, and which of them are generated. */
public final class ProductionClasses {
  private static final String AVRO_GENERATED = "org.apache.avro.specific.AvroGenerated";

  private ProductionClasses() {}

  /**
   * All production classes in a package and below it that are on the class path.
   *
   * @throws IllegalArgumentException if there are none
   */
  public static JavaClasses of(String rootPackage) {
    JavaClasses classes =
        new ClassFileImporter()
            .withImportOption(new ImportOption.DoNotIncludeTests())
            .importPackages(rootPackage);
    if (classes.isEmpty()) {
      throw new IllegalArgumentException("no class in " + rootPackage);
    }
    return classes;
  }

  /**
   * The patterns, each of which must match: a rule would not miss a pattern of a package that has
   * been renamed as long as another one matches.
   *
   * @param patterns as {@link PackageMatcher} takes them
   * @throws IllegalArgumentException naming a pattern that matches no class
   */
  public static String[] packages(JavaClasses classes, String... patterns) {
    for (String pattern : patterns) {
      PackageMatcher matcher = PackageMatcher.of(pattern);
      if (classes.stream().noneMatch(type -> matcher.matches(type.getPackageName()))) {
        throw new IllegalArgumentException("no class resides in " + pattern);
      }
    }
    return patterns;
  }

  /** Whether Avro's compiler has written the class or the one around it. */
  static boolean isGenerated(JavaClass type) {
    return type.isAnnotatedWith(AVRO_GENERATED)
        || type.getEnclosingClass().map(ProductionClasses::isGenerated).orElse(false);
  }
}
