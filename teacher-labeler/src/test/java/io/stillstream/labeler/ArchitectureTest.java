package io.stillstream.labeler;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.junit.jupiter.api.Test;

class ArchitectureTest {
  private static final String DOMAIN = "io.stillstream.labeler.labels..";

  private final JavaClasses main =
      new ClassFileImporter()
          .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
          .importPackages("io.stillstream.labeler");

  @Test
  void shouldKeepTheDomainPure() {
    classes()
        .that()
        .resideInAPackage(DOMAIN)
        .should()
        .onlyDependOnClassesThat()
        .resideInAnyPackage(
            "java.lang..",
            "java.util..",
            "java.time..",
            "java.nio.charset..",
            "java.security..",
            DOMAIN)
        .check(main);
  }

  @Test
  void shouldGiveTheDomainNoClockOfItsOwn() {
    noClasses()
        .that()
        .resideInAPackage(DOMAIN)
        .should()
        .callMethod(System.class, "nanoTime")
        .orShould()
        .callMethod(System.class, "currentTimeMillis")
        .orShould()
        .callMethod(java.time.Instant.class, "now")
        .check(main);
  }

  @Test
  void shouldNameTensorsInOnePlace() {
    noClasses()
        .that()
        .haveSimpleNameNotStartingWith("Torch")
        .should()
        .dependOnClassesThat()
        .resideInAPackage("ai.djl..")
        .check(main);
  }

  @Test
  void shouldNotKnowTheOtherServicesOrABroker() {
    noClasses()
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(
            "io.stillstream.augmenter..",
            "io.stillstream.trainer..",
            "io.stillstream.local..",
            "io.stillstream.embedded..",
            "org.apache.kafka.streams..",
            "kafka..")
        .check(main);
  }

  @Test
  void shouldBeFinal() {
    classes()
        .that()
        .areNotInterfaces()
        .and()
        .areNotAnonymousClasses()
        .and()
        .areNotEnums()
        .should()
        .haveModifier(JavaModifier.FINAL)
        .check(main);
  }
}
