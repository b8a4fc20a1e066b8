package io.stillstream.page;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static io.stillstream.architecture.ProductionClasses.packages;

import com.tngtech.archunit.core.domain.JavaClasses;
import io.stillstream.architecture.ArchitectureRules;
import io.stillstream.architecture.ProductionClasses;
import org.junit.jupiter.api.Test;

final class ArchitectureTest {
  private static final String ROOT = "io.stillstream.page";
  private static final JavaClasses MODULE = ProductionClasses.of(ROOT);

  @Test
  void shouldFollowTheRulesOfAllModules() {
    ArchitectureRules.of(MODULE, ROOT).using("schemas", "runtime").check();
  }

  @Test
  void shouldWriteNothingButLabels() {
    noClasses()
        .that()
        .resideOutsideOfPackages(packages(MODULE, "io.stillstream.page.label"))
        .should()
        .dependOnClassesThat()
        .resideInAPackage("org.apache.kafka.clients.producer..")
        .check(MODULE);
    noClasses()
        .should()
        .dependOnClassesThat()
        .resideInAPackage("org.apache.kafka.clients.admin..")
        .check(MODULE);
  }
}
