package io.stillstream.local;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static io.stillstream.architecture.ProductionClasses.packages;

import com.tngtech.archunit.core.domain.JavaClasses;
import io.stillstream.architecture.ArchitectureRules;
import io.stillstream.architecture.ProductionClasses;
import org.junit.jupiter.api.Test;

final class ArchitectureTest {
  private static final String ROOT = "io.stillstream.local";
  private static final JavaClasses MODULE = ProductionClasses.of(ROOT);

  @Test
  void shouldFollowTheRulesOfAllModules() {
    ArchitectureRules.of(MODULE, ROOT)
        .using("schemas", "runtime", "page", "embedded", "augmenter", "labeler", "trainer")
        .check();
  }

  @Test
  void shouldKeepDataFreeOfKafkaAndServices() {
    noClasses()
        .that()
        .resideInAnyPackage(packages(MODULE, "..local.data.."))
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(
            "org.apache.kafka..",
            "io.micrometer..",
            "io.stillstream.labeler..",
            "io.stillstream.trainer..",
            "io.stillstream.augmenter..")
        .check(MODULE);
  }

  @Test
  void shouldKnowServicesAndBrokerInTheDemoOnly() {
    noClasses()
        .that()
        .resideInAnyPackage(
            packages(
                MODULE,
                "..local.data..",
                "..local.ingest..",
                "..local.label..",
                "..local.topics..",
                "..local.deadletter..",
                "..local.erasure..",
                "..local.access.."))
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(
            "io.stillstream.embedded..",
            "io.stillstream.labeler..",
            "io.stillstream.trainer..",
            "io.stillstream.augmenter..",
            "io.stillstream.local.demo..")
        .check(MODULE);
  }

  @Test
  void shouldKnowOfTheServicesOnlyTheAugmenterWhereViewsAreMade() {
    noClasses()
        .that()
        .resideInAnyPackage(
            packages(
                MODULE,
                "..local.sheet..",
                "..local.preview..",
                "..local.playground..",
                "..local.replay.."))
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(
            "io.stillstream.embedded..",
            "io.stillstream.labeler..",
            "io.stillstream.trainer..",
            "io.stillstream.local.demo..")
        .check(MODULE);
  }

  @Test
  void shouldLeaveTheTerminalToTheCommands() {
    noClasses()
        .that()
        .resideOutsideOfPackages(
            packages(
                MODULE,
                "io.stillstream.local",
                "io.stillstream.local.command..",
                "io.stillstream.local.option"))
        .should()
        .dependOnClassesThat()
        .resideInAPackage("picocli..")
        .check(MODULE);
  }

  @Test
  void shouldLeaveTensorsToTheServices() {
    noClasses().should().dependOnClassesThat().resideInAPackage("ai.djl..").check(MODULE);
  }
}
