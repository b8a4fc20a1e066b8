package io.stillstream.trainer;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.junit.jupiter.api.Test;

class ArchitectureTest {
  private static final JavaClasses CLASSES =
      new ClassFileImporter()
          .withImportOption(new ImportOption.DoNotIncludeTests())
          .importPackages("io.stillstream.trainer");

  @Test
  void shouldKeepTensorsInTheirRoom() {
    noClasses()
        .that()
        .resideOutsideOfPackage("..trainer.torch")
        .should()
        .dependOnClassesThat()
        .resideInAPackage("ai.djl..")
        .check(CLASSES);
  }

  @Test
  void shouldHaveOneDoorToTheNativeInterface() {
    noClasses()
        .that()
        .doNotHaveSimpleName("Libtorch")
        .should()
        .dependOnClassesThat()
        .resideInAPackage("ai.djl.pytorch.jni..")
        .check(CLASSES);
  }

  @Test
  void shouldKeepTheDomainPure() {
    noClasses()
        .that()
        .resideInAPackage("..trainer.training")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(
            "org.apache.kafka..",
            "io.micrometer..",
            "io.stillstream.trainer",
            "io.stillstream.trainer.torch",
            "io.stillstream.trainer.checkpoint",
            "io.stillstream.trainer.predict",
            "io.stillstream.trainer.release",
            "java.nio.file..")
        .check(CLASSES);
  }

  @Test
  void shouldKeepFilesApartFromKafka() {
    noClasses()
        .that()
        .resideInAnyPackage(
            "..trainer.checkpoint",
            "..trainer.predict",
            "..trainer.release",
            "..trainer.store",
            "..trainer.torch")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("org.apache.kafka..", "io.micrometer..")
        .check(CLASSES);
  }

  @Test
  void shouldHaveOneDoorToTheStore() {
    noClasses()
        .that()
        .haveSimpleNameNotStartingWith("S3")
        .should()
        .dependOnClassesThat()
        .resideInAPackage("software.amazon..")
        .check(CLASSES);
  }

  @Test
  void shouldHaveNoCycles() {
    slices().matching("io.stillstream.trainer.(*)").should().beFreeOfCycles().check(CLASSES);
  }

  @Test
  void shouldKnowNoOtherService() {
    noClasses()
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(
            "io.stillstream.augmenter..",
            "io.stillstream.labeler..",
            "io.stillstream.local..",
            "io.stillstream.embedded..")
        .check(CLASSES);
  }

  @Test
  void shouldHaveFinalClasses() {
    classes()
        .that()
        .areNotInterfaces()
        .and()
        .areNotRecords()
        .and()
        .areNotEnums()
        .and()
        .doNotHaveSimpleName("Disk")
        .and()
        .haveNameNotMatching(".*\\$\\d+")
        .should()
        .haveModifier(com.tngtech.archunit.core.domain.JavaModifier.FINAL)
        .check(CLASSES);
  }
}
