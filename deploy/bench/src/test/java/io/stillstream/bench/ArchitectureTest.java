package io.stillstream.bench;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideOutsideOfPackages;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static io.stillstream.architecture.ProductionClasses.packages;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClasses;
import io.stillstream.architecture.ArchitectureRules;
import io.stillstream.architecture.ProductionClasses;
import io.stillstream.architecture.ProjectRules;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

final class ArchitectureTest {
  private static final String ROOT = "io.stillstream.bench";
  private static final Path PROJECT = Path.of("../..");
  private static final JavaClasses MODULE = ProductionClasses.of(ROOT);

  @Test
  void shouldFollowTheRulesOfAllModules() {
    ArchitectureRules.of(MODULE, ROOT)
        .using(
            "schemas",
            "runtime",
            "embedded",
            "containers",
            "augmenter",
            "labeler",
            "trainer",
            "local")
        .check();
  }

  /** Every module with classes of its own is on this class path. */
  @Test
  void shouldGiveNoTwoClassesOfAnyModulesTheSameName() throws IOException {
    // given
    JavaClasses all = ProductionClasses.of("io.stillstream");
    Set<String> modules = new TreeSet<>();
    Matcher module =
        Pattern.compile("<module>(.+)</module>")
            .matcher(Files.readString(PROJECT.resolve("pom.xml")));
    while (module.find()) {
      Path directory = PROJECT.resolve(module.group(1));
      if (Files.exists(directory.resolve("src/main/proto"))) {
        modules.add(directory.getFileName().toString());
      }
      Path packages = directory.resolve("src/main/java/io/stillstream");
      if (Files.exists(packages)) {
        try (Stream<Path> below = Files.list(packages)) {
          below.forEach(one -> modules.add(one.getFileName().toString()));
        }
      }
    }

    // then
    assertThat(ProjectRules.modules(all)).isEqualTo(modules).contains("schemas", "bench");
    ProjectRules.requireUniqueNames(all);
  }

  @Test
  void shouldKnowNothingOfTheCommandLineToolsButDataSetsTheDemoAndWhatFeedsIt() {
    noClasses()
        .should()
        .dependOnClassesThat(
            resideInAPackage("io.stillstream.local..")
                .and(
                    resideOutsideOfPackages(
                        packages(
                            ProductionClasses.of("io.stillstream.local"),
                            "io.stillstream.local.broker",
                            "io.stillstream.local.data",
                            "io.stillstream.local.demo",
                            "io.stillstream.local.demo.report",
                            "io.stillstream.local.demo.settings",
                            "io.stillstream.local.ingest",
                            "io.stillstream.local.terminal",
                            "io.stillstream.local.topics"))))
        .check(MODULE);
  }

  @Test
  void shouldTouchTorchInOnePlaceOnly() {
    noClasses()
        .that()
        .doNotHaveSimpleName("DjlInferenceLoop")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("ai.djl..")
        .check(MODULE);
  }

  @Test
  void shouldTouchABrokerInOnePlaceOnly() {
    noClasses()
        .that()
        .haveSimpleNameNotStartingWith("Kafka")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("org.apache.kafka..")
        .check(MODULE);
  }
}
