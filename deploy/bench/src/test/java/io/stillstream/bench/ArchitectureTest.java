package io.stillstream.bench;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideOutsideOfPackages;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.junit.jupiter.api.Test;

final class ArchitectureTest {
  private final JavaClasses module =
      new ClassFileImporter()
          .withImportOption(new ImportOption.DoNotIncludeTests())
          .importPackages("io.stillstream.bench");

  @Test
  void shouldKnowNothingOfTheCommandLineToolsButDataSetsTheDemoAndWhatFeedsIt() {
    noClasses()
        .should()
        .dependOnClassesThat(
            resideInAPackage("io.stillstream.local..")
                .and(
                    resideOutsideOfPackages(
                        "io.stillstream.local.data",
                        "io.stillstream.local.demo",
                        "io.stillstream.local.ingest",
                        "io.stillstream.local.terminal",
                        "io.stillstream.local.topics")))
        .check(module);
  }

  @Test
  void shouldTouchTorchInOnePlaceOnly() {
    noClasses()
        .that()
        .doNotHaveSimpleName("DjlInferenceLoop")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("ai.djl..")
        .check(module);
  }

  @Test
  void shouldTouchABrokerInOnePlaceOnly() {
    noClasses()
        .that()
        .haveSimpleNameNotStartingWith("Kafka")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("org.apache.kafka..")
        .check(module);
  }
}
