package io.stillstream.trainer;

import static com.tngtech.archunit.core.domain.JavaCall.Predicates.target;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.assignableTo;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideOutsideOfPackage;
import static com.tngtech.archunit.core.domain.properties.HasName.Predicates.name;
import static com.tngtech.archunit.core.domain.properties.HasName.Predicates.nameMatching;
import static com.tngtech.archunit.core.domain.properties.HasOwner.Predicates.With.owner;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static io.stillstream.architecture.ProductionClasses.packages;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import com.tngtech.archunit.core.domain.JavaClasses;
import io.stillstream.architecture.ArchitectureRules;
import io.stillstream.architecture.ProductionClasses;
import org.junit.jupiter.api.Test;

final class ArchitectureTest {
  private static final String ROOT = "io.stillstream.trainer";
  private static final JavaClasses MODULE = ProductionClasses.of(ROOT);

  /** What is on disk and in the store. */
  private static final String[] FILES =
      packages(
          MODULE,
          "..trainer.checkpoint..",
          "..trainer.files..",
          "..trainer.ledger..",
          "..trainer.predict..",
          "..trainer.release..",
          "..trainer.replica..",
          "..trainer.torch..");

  @Test
  void shouldFollowTheRulesOfAllModules() {
    ArchitectureRules.of(MODULE, ROOT)
        .using("schemas", "runtime", "protocols")
        // Tests put disks that fail in its place.
        .withOpenClasses("io.stillstream.trainer.files.DurableFiles")
        .check();
  }

  @Test
  void shouldKeepTensorsInTorch() {
    noClasses()
        .that()
        .resideOutsideOfPackages(packages(MODULE, "..trainer.torch.."))
        .should()
        .dependOnClassesThat()
        .resideInAPackage("ai.djl..")
        .check(MODULE);
  }

  @Test
  void shouldCallTheNativeInterfaceFromOneClass() {
    noClasses()
        .that()
        .doNotHaveSimpleName("Libtorch")
        .should()
        .dependOnClassesThat()
        .resideInAPackage("ai.djl.pytorch.jni..")
        .check(MODULE);
  }

  /** Every tensor is then on the device of the manager that {@code Libtorch.open} gives. */
  @Test
  void shouldChooseTheDeviceOfTensorsInOnePlace() {
    noClasses()
        .that()
        .doNotHaveSimpleName("Libtorch")
        .and()
        .doNotHaveSimpleName("StudentDevice")
        .should()
        .dependOnClassesThat()
        .belongToAnyOf(Device.class)
        .orShould()
        .callMethodWhere(target(name("newBaseManager")))
        .check(MODULE);
  }

  /**
   * DJL's accessors leave a copy with the manager of a tensor that is not on the CPU. In a loss
   * that is a step's.
   */
  @Test
  void shouldReadTensorsInOnePlace() {
    noClasses()
        .that()
        .doNotHaveSimpleName("Libtorch")
        .and()
        .resideOutsideOfPackage("..torch.loss..")
        .should()
        .callMethodWhere(
            target(owner(assignableTo(NDArray.class)))
                .and(target(nameMatching("to\\w*Array|toByteBuffer|get(Float|Double|Long|Int)"))))
        .check(MODULE);
  }

  @Test
  void shouldKeepTheDomainPure() {
    noClasses()
        .that()
        .resideInAnyPackage(packages(MODULE, "..trainer.training.."))
        .should()
        .dependOnClassesThat(
            resideInAPackage(ROOT + "..").and(resideOutsideOfPackage("..trainer.training..")))
        .orShould()
        .dependOnClassesThat()
        .resideInAnyPackage("org.apache.kafka..", "io.micrometer..", "java.nio.file..")
        .check(MODULE);
  }

  @Test
  void shouldKeepFilesApartFromKafka() {
    noClasses()
        .that()
        .resideInAnyPackage(FILES)
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("org.apache.kafka..", "io.micrometer..")
        .check(MODULE);
  }

  @Test
  void shouldKeepTheObjectStoresClientInS3Classes() {
    noClasses()
        .that()
        .haveSimpleNameNotStartingWith("S3")
        .should()
        .dependOnClassesThat()
        .resideInAPackage("software.amazon..")
        .check(MODULE);
  }
}
