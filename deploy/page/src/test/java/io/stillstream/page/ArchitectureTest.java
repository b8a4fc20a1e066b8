package io.stillstream.page;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideOutsideOfPackages;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.fields;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.junit.jupiter.api.Test;

class ArchitectureTest {
  private final JavaClasses page =
      new ClassFileImporter()
          .withImportOption(new ImportOption.DoNotIncludeTests())
          .importPackages("io.stillstream.page");

  @Test
  void shouldKnowOnlySchemasAndRuntimeOfThisProject() {
    noClasses()
        .should()
        .dependOnClassesThat(
            resideInAPackage("io.stillstream..")
                .and(
                    resideOutsideOfPackages(
                        "io.stillstream.page..",
                        "io.stillstream.runtime..",
                        "io.stillstream.schemas..")))
        .check(page);
  }

  @Test
  void shouldWriteNothing() {
    noClasses()
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(
            "org.apache.kafka.clients.producer..", "org.apache.kafka.clients.admin..")
        .check(page);
  }

  @Test
  void shouldHaveNoStateThatIsStaticAndChanges() {
    fields().that().areStatic().should().beFinal().check(page);
  }

  @Test
  void shouldHaveFinalClasses() {
    classes()
        .that()
        .areNotInterfaces()
        .and()
        .areNotAnonymousClasses()
        .should()
        .haveModifier(JavaModifier.FINAL)
        .check(page);
  }
}
