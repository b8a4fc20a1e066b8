package io.stillstream.augmenter;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.junit.jupiter.api.Test;

final class ArchitectureTest {
  private static final JavaClasses CLASSES =
      new ClassFileImporter()
          .withImportOption(new ImportOption.DoNotIncludeTests())
          .importPackages("io.stillstream.augmenter");

  @Test
  void shouldKeepTheDomainFreeOfItsSurroundings() {
    noClasses()
        .that()
        .resideInAnyPackage("..augmenter.policy..", "..augmenter.image..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(
            "org.apache.kafka..",
            "io.micrometer..",
            "io.stillstream.runtime..",
            "io.stillstream.augmenter",
            "org.slf4j..")
        .check(CLASSES);
  }

  @Test
  void shouldKeepPixelsOutOfPolicies() {
    noClasses()
        .that()
        .resideInAPackage("..augmenter.policy..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("..augmenter.image..", "org.bytedeco..")
        .check(CLASSES);
  }

  @Test
  void shouldKeepNativeCodeWithinTheImagePackage() {
    noClasses()
        .that()
        .resideOutsideOfPackage("..augmenter.image..")
        .should()
        .dependOnClassesThat()
        .resideInAPackage("org.bytedeco..")
        .check(CLASSES);
  }

  @Test
  void shouldKnowNeitherOtherServicesNorABrokerNorModels() {
    noClasses()
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(
            "io.stillstream.labeler..",
            "io.stillstream.trainer..",
            "io.stillstream.local..",
            "io.stillstream.embedded..",
            "kafka..",
            "ai.djl..")
        .check(CLASSES);
  }

  @Test
  void shouldDrawRandomNumbersAndTimeFromOutside() {
    noClasses()
        .that()
        .resideInAnyPackage("..augmenter.policy..", "..augmenter.image..")
        .should()
        .dependOnClassesThat()
        .haveNameMatching(
            "java\\.util\\.Random|java\\.util\\.random\\..*|.*ThreadLocalRandom|java\\.time\\.Clock")
        .check(CLASSES);
  }

  @Test
  void shouldLeaveNoClassOpenForInheritance() {
    classes()
        .that()
        .areNotInterfaces()
        .and()
        .areNotEnums()
        .and()
        .areNotAnonymousClasses()
        .should()
        .haveModifier(JavaModifier.FINAL)
        .check(CLASSES);
  }
}
