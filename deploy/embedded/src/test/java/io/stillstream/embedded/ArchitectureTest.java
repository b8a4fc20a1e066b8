package io.stillstream.embedded;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.junit.jupiter.api.Test;

class ArchitectureTest {
  private final JavaClasses module =
      new ClassFileImporter()
          .withImportOption(new ImportOption.DoNotIncludeTests())
          .importPackages("io.stillstream.embedded");

  @Test
  void shouldKnowNothingElseOfThisProject() {
    noClasses()
        .should()
        .dependOnClassesThat(
            com.tngtech.archunit.base.DescribedPredicate.describe(
                "other rooms of Stillstream",
                c ->
                    c.getPackageName().startsWith("io.stillstream.")
                        && !c.getPackageName().equals("io.stillstream.embedded")))
        .check(module);
  }

  @Test
  void shouldKeepTheBooksApartFromNetworkAndDisk() {
    noClasses()
        .that()
        .haveSimpleNameStartingWith("SubjectStore")
        .or()
        .haveSimpleName("CompatibilityLevel")
        .or()
        .haveSimpleName("RegistryRoutes")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("com.sun.net.httpserver..", "java.nio.file..", "java.net..")
        .check(module);
  }

  @Test
  void shouldShowOnlyBrokerRegistryAndTheirError() {
    classes()
        .that()
        .arePublic()
        .should()
        .haveSimpleName("EmbeddedKafka")
        .orShould()
        .haveSimpleName("SecuredKafka")
        .orShould()
        .haveSimpleName("TestCertificateAuthority")
        .orShould()
        .haveSimpleName("DevelopmentRegistry")
        .orShould()
        .haveSimpleName("RegistryAccess")
        .orShould()
        .haveSimpleName("EmbeddedException")
        .check(module);
  }
}
