package io.stillstream.labeler;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.belongToAnyOf;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.type;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static io.stillstream.architecture.ProductionClasses.packages;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import io.stillstream.architecture.ArchitectureRules;
import io.stillstream.architecture.ProductionClasses;
import io.stillstream.labeler.inference.BatchInferencer;
import io.stillstream.labeler.inference.BrokenTeacherException;
import io.stillstream.labeler.metrics.MicrometerLabelerMetrics;
import io.stillstream.labeler.metrics.MicrometerRemoteTeacherMetrics;
import io.stillstream.labeler.metrics.MicrometerTeacherPoolMetrics;
import io.stillstream.labeler.metrics.TeacherAugmentationMeters;
import io.stillstream.labeler.model.BatchBufferPool;
import io.stillstream.labeler.model.ModelVersion;
import io.stillstream.labeler.model.TeacherLoader;
import io.stillstream.labeler.model.TeacherSource;
import io.stillstream.labeler.model.ViewResizer;
import io.stillstream.labeler.result.EncodedResult;
import io.stillstream.runtime.config.SettingRanges;
import java.time.Instant;
import org.junit.jupiter.api.Test;

final class ArchitectureTest {
  private static final String ROOT = "io.stillstream.labeler";
  private static final JavaClasses MODULE = ProductionClasses.of(ROOT);

  /** Batches, teachers and their answers, without what connects them to Kafka and model files. */
  private static final DescribedPredicate<JavaClass> DOMAIN =
      resideInAnyPackage(
              packages(
                  MODULE,
                  "..labeler.batching..",
                  "..labeler.budget..",
                  "..labeler.metrics..",
                  "..labeler.model..",
                  "..labeler.result..",
                  "..labeler.teachers.."))
          .and(
              not(
                  belongToAnyOf(
                      BatchBufferPool.class,
                      EncodedResult.class,
                      MicrometerLabelerMetrics.class,
                      MicrometerTeacherPoolMetrics.class,
                      TeacherAugmentationMeters.class,
                      MicrometerRemoteTeacherMetrics.class,
                      TeacherLoader.class,
                      TeacherSource.class,
                      ModelVersion.class,
                      ViewResizer.class)))
          .or(belongToAnyOf(BatchInferencer.class, BrokenTeacherException.class))
          .as("domain");

  @Test
  void shouldFollowTheRulesOfAllModules() {
    ArchitectureRules.of(MODULE, ROOT).using("protocols", "schemas", "runtime").check();
  }

  @Test
  void shouldKeepTheDomainPure() {
    classes()
        .that(DOMAIN)
        .should()
        .onlyDependOnClassesThat(
            DOMAIN
                .or(
                    resideInAnyPackage(
                        "java.lang..",
                        "java.util..",
                        "java.time..",
                        "java.nio..",
                        "java.security..",
                        "io.stillstream.runtime.augmentation..",
                        "io.stillstream.schemas.answer..",
                        "io.stillstream.schemas.values.."))
                .or(type(SettingRanges.class)))
        .check(MODULE);
  }

  @Test
  void shouldGiveTheDomainNoClockOfItsOwn() {
    noClasses()
        .that(DOMAIN)
        .should()
        .callMethod(System.class, "nanoTime")
        .orShould()
        .callMethod(System.class, "currentTimeMillis")
        .orShould()
        .callMethod(Instant.class, "now")
        .check(MODULE);
  }

  @Test
  void shouldKeepTensorsInTorch() {
    noClasses()
        .that()
        .resideOutsideOfPackages(packages(MODULE, "..labeler.torch.."))
        .should()
        .dependOnClassesThat()
        .resideInAPackage("ai.djl..")
        .check(MODULE);
  }

  @Test
  void shouldKeepOnnxRuntimeInOnnx() {
    noClasses()
        .that()
        .resideOutsideOfPackages(packages(MODULE, "..labeler.onnx.."))
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("ai.onnxruntime..", "io.stillstream.protocols.onnx..")
        .check(MODULE);
  }

  @Test
  void shouldKeepGrpcInRemote() {
    noClasses()
        .that()
        .resideOutsideOfPackages(packages(MODULE, "..labeler.remote.."))
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("io.grpc..", "io.stillstream.protocols.inference..")
        .check(MODULE);
  }

  @Test
  void shouldKeepModelsApartFromKafka() {
    noClasses()
        .that()
        .resideInAnyPackage(
            packages(
                MODULE,
                "..labeler.engine..",
                "..labeler.model..",
                "..labeler.onnx..",
                "..labeler.probe..",
                "..labeler.reload..",
                "..labeler.remote..",
                "..labeler.teachers..",
                "..labeler.torch.."))
        .should()
        .dependOnClassesThat()
        .resideInAPackage("org.apache.kafka..")
        .check(MODULE);
  }

  @Test
  void shouldKnowNeitherStreamsNorABroker() {
    noClasses()
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("org.apache.kafka.streams..", "kafka..")
        .check(MODULE);
  }
}
