package io.stillstream.runtime;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideOutsideOfPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.fields;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.junit.jupiter.api.Test;

final class ArchitectureTest {
  private final JavaClasses runtime =
      new ClassFileImporter()
          .withImportOption(new ImportOption.DoNotIncludeTests())
          .importPackages("io.stillstream.runtime");

  @Test
  void shouldKnowNoStreamsNoModelsNoPictures() {
    noClasses()
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(
            "org.apache.kafka.streams..",
            "kafka..",
            "org.apache.kafka.server..",
            "ai.djl..",
            "org.bytedeco..",
            "io.stillstream.augmenter..",
            "io.stillstream.labeler..",
            "io.stillstream.trainer..",
            "io.stillstream.embedded..",
            "io.stillstream.local..")
        .check(runtime);
  }

  @Test
  void shouldKnowOnlySchemasOfThisProject() {
    noClasses()
        .should()
        .dependOnClassesThat(
            resideInAPackage("io.stillstream..")
                .and(resideOutsideOfPackage("io.stillstream.runtime.."))
                .and(resideOutsideOfPackage("io.stillstream.schemas..")))
        .check(runtime);
  }

  @Test
  void shouldKeepTheWireFormatToThoseWhoReadAndWrite() {
    noClasses()
        .that()
        .haveNameNotMatching(
            ".*\\.(RecordValueDeserializer|RecordValueSerializer|RegistryMonitor|SerdeFactory)")
        .should()
        .dependOnClassesThat()
        .resideInAPackage("io.stillstream.schemas.wire..")
        .check(runtime);
  }

  @Test
  void shouldHaveNoStateThatIsStaticAndChanges() {
    fields().that().areStatic().should().beFinal().check(runtime);
  }

  @Test
  void shouldHaveFinalClasses() {
    classes()
        .that()
        .areNotInterfaces()
        .and()
        .areNotAnonymousClasses()
        .and()
        .doNotHaveSimpleName("BadRecordException")
        .should()
        .haveModifier(JavaModifier.FINAL)
        .check(runtime);
  }
}
