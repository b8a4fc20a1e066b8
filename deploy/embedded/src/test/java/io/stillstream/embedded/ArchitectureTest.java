package io.stillstream.embedded;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.domain.JavaClasses;
import io.stillstream.architecture.ArchitectureRules;
import io.stillstream.architecture.ProductionClasses;
import org.junit.jupiter.api.Test;

final class ArchitectureTest {
  private static final String ROOT = "io.stillstream.embedded";
  private static final JavaClasses MODULE = ProductionClasses.of(ROOT);

  @Test
  void shouldFollowTheRulesOfAllModules() {
    ArchitectureRules.of(MODULE, ROOT).check();
  }

  @Test
  void shouldKeepSubjectsApartFromNetworkAndDisk() {
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
        .check(MODULE);
  }

  @Test
  void shouldShowOnlyBrokerAndRegistryOfTheirPackages() {
    classes()
        .that()
        .arePublic()
        .and()
        .resideInAnyPackage("io.stillstream.embedded.kafka", "io.stillstream.embedded.registry")
        .should()
        .haveSimpleName("EmbeddedKafka")
        .orShould()
        .haveSimpleName("SecuredKafka")
        .orShould()
        .haveSimpleName("DevelopmentRegistry")
        .orShould()
        .haveSimpleName("RegistryAccess")
        .check(MODULE);
  }
}
