package io.stillstream.schemas;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static io.stillstream.architecture.ProductionClasses.packages;

import com.tngtech.archunit.core.domain.JavaClasses;
import io.stillstream.architecture.ArchitectureRules;
import io.stillstream.architecture.ProductionClasses;
import org.junit.jupiter.api.Test;

/** Who may know whom in this module. */
final class ArchitectureTest {
  private static final String ROOT = "io.stillstream.schemas";
  private static final JavaClasses MODULE = ProductionClasses.of(ROOT);

  @Test
  void shouldFollowTheRulesOfAllModules() {
    ArchitectureRules.of(MODULE, ROOT).check();
  }

  @Test
  void shouldNotDependOnModelsStreamsOrMetrics() {
    noClasses()
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("ai.djl..", "org.apache.kafka.streams..", "io.micrometer..")
        .check(MODULE);
  }

  @Test
  void shouldKeepKafkaInWireAndRegistry() {
    noClasses()
        .that()
        .resideOutsideOfPackages(packages(MODULE, "..schemas.wire..", "..schemas.registry.."))
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("org.apache.kafka..", "..schemas.wire..", "..schemas.registry..")
        .check(MODULE);
  }

  @Test
  void shouldKeepHttpAndJsonInRegistry() {
    noClasses()
        .that()
        .resideOutsideOfPackages(packages(MODULE, "..schemas.registry.."))
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("java.net.http..", "com.fasterxml.jackson.databind..")
        .check(MODULE);
  }

  @Test
  void shouldKeepOpenCvInImage() {
    noClasses()
        .that()
        .resideOutsideOfPackages(packages(MODULE, "..schemas.image.."))
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("org.bytedeco..", "..schemas.image..")
        .check(MODULE);
  }
}
