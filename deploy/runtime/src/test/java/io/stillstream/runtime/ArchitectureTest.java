package io.stillstream.runtime;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static io.stillstream.architecture.ProductionClasses.packages;

import com.tngtech.archunit.core.domain.JavaClasses;
import io.stillstream.architecture.ArchitectureRules;
import io.stillstream.architecture.ProductionClasses;
import org.junit.jupiter.api.Test;

final class ArchitectureTest {
  private static final String ROOT = "io.stillstream.runtime";
  private static final JavaClasses MODULE = ProductionClasses.of(ROOT);

  @Test
  void shouldFollowTheRulesOfAllModules() {
    ArchitectureRules.of(MODULE, ROOT).using("schemas").check();
  }

  @Test
  void shouldKnowNoStreamsNoBrokerNoModelsNoPictures() {
    noClasses()
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(
            "org.apache.kafka.streams..",
            "kafka..",
            "org.apache.kafka.server..",
            "ai.djl..",
            "org.bytedeco..")
        .check(MODULE);
  }

  @Test
  void shouldKeepTheWireFormatToThoseWhoReadAndWrite() {
    noClasses()
        .that()
        .haveNameNotMatching(
            ".*\\.(RecordValueDeserializer|RecordValueSerializer|RegistryMonitor|SerdeFactory)")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("io.stillstream.schemas.wire..", "io.stillstream.schemas.registry..")
        .check(MODULE);
  }

  @Test
  void shouldKeepKafkaOutOfSettingsHttpHealthAndModels() {
    noClasses()
        .that()
        .resideInAnyPackage(
            packages(
                MODULE,
                "..runtime.config..",
                "..runtime.health..",
                "..runtime.http..",
                "..runtime.model.."))
        .should()
        .dependOnClassesThat()
        .resideInAPackage("org.apache.kafka..")
        .check(MODULE);
  }
}
