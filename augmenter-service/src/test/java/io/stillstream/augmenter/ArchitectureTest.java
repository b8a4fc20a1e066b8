package io.stillstream.augmenter;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static io.stillstream.architecture.ProductionClasses.packages;

import com.tngtech.archunit.core.domain.JavaClasses;
import io.stillstream.architecture.ArchitectureRules;
import io.stillstream.architecture.ProductionClasses;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

final class ArchitectureTest {
  private static final String ROOT = "io.stillstream.augmenter";
  private static final JavaClasses MODULE = ProductionClasses.of(ROOT);

  /** What is drawn and computed without a pixel. */
  private static final String[] DRAWING =
      packages(
          MODULE,
          "..augmenter.geometry..",
          "..augmenter.operation..",
          "..augmenter.policy..",
          "..augmenter.random..",
          "..augmenter.recipe..",
          "..augmenter.settings..");

  private static final String[] IMAGE = packages(MODULE, "..augmenter.image..");

  /** What Kafka Streams, the settings and the metrics need. */
  private static final String[] SERVICE =
      packages(
          MODULE,
          "io.stillstream.augmenter",
          "..augmenter.config..",
          "..augmenter.fetch..",
          "..augmenter.mapping..",
          "..augmenter.metrics..",
          "..augmenter.store..",
          "..augmenter.topology..");

  @Test
  void shouldFollowTheRulesOfAllModules() {
    ArchitectureRules.of(MODULE, ROOT).using("schemas", "runtime").check();
  }

  @Test
  void shouldKeepTheDomainFreeOfKafkaSettingsAndMetrics() {
    noClasses()
        .that()
        .resideInAnyPackage(DRAWING)
        .or()
        .resideInAnyPackage(IMAGE)
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(
            "org.apache.kafka..", "io.micrometer..", "io.stillstream.runtime..", "org.slf4j..")
        .orShould()
        .dependOnClassesThat()
        .resideInAnyPackage(SERVICE)
        .check(MODULE);
  }

  @Test
  void shouldAssignEveryPackageToALayer() {
    noClasses()
        .should()
        .resideOutsideOfPackages(
            Stream.of(DRAWING, IMAGE, SERVICE).flatMap(Stream::of).toArray(String[]::new))
        .check(MODULE);
  }

  @Test
  void shouldKeepPixelsOutOfPolicies() {
    noClasses()
        .that()
        .resideInAnyPackage(DRAWING)
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("..augmenter.image..", "org.bytedeco..")
        .check(MODULE);
  }

  @Test
  void shouldKeepNativeCodeWithinTheImagePackages() {
    noClasses()
        .that()
        .resideOutsideOfPackages(IMAGE)
        .should()
        .dependOnClassesThat()
        .resideInAPackage("org.bytedeco..")
        .check(MODULE);
  }

  @Test
  void shouldDependOnNeitherABrokerNorModels() {
    noClasses()
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("kafka..", "ai.djl..")
        .check(MODULE);
  }

  @Test
  void shouldReceiveRandomNumbersAndTimeAsParameters() {
    noClasses()
        .that()
        .resideInAnyPackage(DRAWING)
        .or()
        .resideInAnyPackage(IMAGE)
        .should()
        .dependOnClassesThat()
        .haveNameMatching(
            "java\\.util\\.Random|java\\.util\\.random\\..*|.*ThreadLocalRandom|java\\.time\\.Clock")
        .check(MODULE);
  }
}
