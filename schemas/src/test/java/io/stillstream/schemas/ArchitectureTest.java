package io.stillstream.schemas;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.fields;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.apache.avro.specific.AvroGenerated;
import org.junit.jupiter.api.Test;

/** Who may know whom in this module. */
final class ArchitectureTest {
  private static final JavaClasses MODULE =
      new ClassFileImporter()
          .withImportOption(new ImportOption.DoNotIncludeTests())
          .importPackages("io.stillstream.schemas");

  @Test
  void shouldKnowNothingOfModelsStreamsOrServices() {
    // when, then
    noClasses()
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(
            "ai.djl..", "org.apache.kafka.streams..", "io.micrometer..", "io.stillstream.runtime..")
        .check(MODULE);
  }

  @Test
  void shouldKeepRegistryAndKafkaInWire() {
    // when, then
    noClasses()
        .that()
        .resideOutsideOfPackage("io.stillstream.schemas.wire..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(
            "org.apache.kafka..",
            "java.net.http..",
            "com.fasterxml.jackson.databind..",
            "io.stillstream.schemas.wire..")
        .check(MODULE);
  }

  @Test
  void shouldKeepOpenCvInPixels() {
    // when, then
    noClasses()
        .that()
        .resideOutsideOfPackage("io.stillstream.schemas.pixels..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("org.bytedeco..", "io.stillstream.schemas.pixels..")
        .check(MODULE);
  }

  @Test
  void shouldMakeClassesFinal() {
    // when, then
    classes()
        .that()
        .areTopLevelClasses()
        .and()
        .areNotInterfaces()
        .should()
        .haveModifier(JavaModifier.FINAL)
        .check(
            handWritten()
                // An enum whose constants have bodies cannot be final.
                .that(describe("are no enums", type -> !type.isEnum())));
  }

  @Test
  void shouldHoldNoStaticMutableState() {
    // when, then
    fields().that().areStatic().should().beFinal().check(handWritten());
  }

  private static JavaClasses handWritten() {
    return MODULE.that(describe("written by hand", type -> !generated(type)));
  }

  private static boolean generated(JavaClass type) {
    return type.isAnnotatedWith(AvroGenerated.class)
        || type.getEnclosingClass().map(ArchitectureTest::generated).orElse(false);
  }
}
