package io.stillstream.local;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.junit.jupiter.api.Test;

class ArchitectureTest {
  private final JavaClasses module =
      new ClassFileImporter()
          .withImportOption(new ImportOption.DoNotIncludeTests())
          .importPackages("io.stillstream.local");

  @Test
  void shouldKeepDataFreeOfKafkaAndServices() {
    noClasses()
        .that()
        .resideInAPackage("io.stillstream.local.data..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(
            "org.apache.kafka..",
            "io.micrometer..",
            "io.stillstream.labeler..",
            "io.stillstream.trainer..",
            "io.stillstream.augmenter..")
        .check(module);
  }

  @Test
  void shouldKnowServicesAndBrokerInTheDemoOnly() {
    noClasses()
        .that()
        .resideInAnyPackage(
            "io.stillstream.local.data..",
            "io.stillstream.local.ingest..",
            "io.stillstream.local.topics..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(
            "io.stillstream.embedded..",
            "io.stillstream.labeler..",
            "io.stillstream.trainer..",
            "io.stillstream.augmenter..",
            "io.stillstream.local.demo..")
        .check(module);
  }

  @Test
  void shouldKnowOfTheServicesOnlyTheAugmenterInPreviewAndReplay() {
    noClasses()
        .that()
        .resideInAnyPackage(
            "io.stillstream.local.picture..",
            "io.stillstream.local.preview..",
            "io.stillstream.local.replay..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(
            "io.stillstream.embedded..",
            "io.stillstream.labeler..",
            "io.stillstream.trainer..",
            "io.stillstream.local.demo..")
        .check(module);
  }

  @Test
  void shouldLeaveTheTerminalToTheCommands() {
    noClasses()
        .that()
        .resideInAnyPackage("io.stillstream.local.*..")
        .should()
        .dependOnClassesThat()
        .resideInAPackage("picocli..")
        .check(module);
  }

  @Test
  void shouldLeaveTensorsToTheServices() {
    noClasses().should().dependOnClassesThat().resideInAPackage("ai.djl..").check(module);
  }

  @Test
  void shouldHaveNoCycles() {
    slices().matching("io.stillstream.local.(*)..").should().beFreeOfCycles().check(module);
  }
}
