package io.stillstream.architecture;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import org.junit.jupiter.api.Test;

final class ArchitectureRulesTest {
  private static final String SAMPLE = "io.stillstream.architecture.sample.";
  private static final String FAULTY = SAMPLE + "faulty";
  private static final String SOUND = SAMPLE + "sound";
  private static final JavaClasses FAULTY_CLASSES = new ClassFileImporter().importPackages(FAULTY);
  private static final JavaClasses SOUND_CLASSES = new ClassFileImporter().importPackages(SOUND);

  @Test
  void shouldFollowItsOwnRules() {
    String root = "io.stillstream.architecture";
    assertThatCode(() -> ArchitectureRules.of(ProductionClasses.of(root), root).check())
        .doesNotThrowAnyException();
  }

  @Test
  void shouldAcceptASoundModule() {
    assertThatCode(() -> ArchitectureRules.of(SOUND_CLASSES, SOUND).check())
        .doesNotThrowAnyException();
  }

  @Test
  void shouldNameEverythingThatIsAgainstARule() {
    assertThatThrownBy(() -> ArchitectureRules.of(FAULTY_CLASSES, FAULTY).check())
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining("depends on module sound\n  Field <" + FAULTY + ".UsingOtherModule.")
        .hasMessageContaining(
            "8 parameters in the constructor of " + FAULTY + ".LongConstructor: 9")
        .hasMessageContaining("class without final " + FAULTY + ".OpenClass\n")
        .hasMessageContaining("static field without final " + FAULTY + ".SampleManager.mutable\n")
        .hasMessageContaining("unclear name " + FAULTY + ".SampleManager\n")
        .hasMessageContaining("unclear name " + FAULTY + ".common\n")
        .hasMessageContaining("Cycle detected")
        .hasMessageContaining("FirstInCycle.second");
  }

  @Test
  void shouldAcceptWhatIsListed() {
    assertThatThrownBy(
            () ->
                ArchitectureRules.of(FAULTY_CLASSES, FAULTY)
                    .using("sound")
                    .withOpenClasses(FAULTY + ".OpenClass")
                    .check())
        .hasMessageContaining("Cycle detected")
        .hasMessageContaining("static field without final")
        .hasMessageNotContainingAny("module", "class without", "listed");
  }

  @Test
  void shouldRefuseWhatIsListedWithoutNeed() {
    assertThatThrownBy(
            () ->
                ArchitectureRules.of(SOUND_CLASSES, SOUND)
                    .using("faulty")
                    .withLargePackages(SOUND)
                    .withOpenClasses(SOUND + ".Renamed")
                    .check())
        .hasMessageContaining("listed without need: depends on module faulty")
        .hasMessageContaining("listed without need: has more than 20 classes in package " + SOUND)
        .hasMessageContaining("class without final " + SOUND + ".Renamed");
  }

  @Test
  void shouldCountTheClassesOfAPackage() {
    String large = "com.tngtech.archunit.core.domain";
    JavaClasses classes = new ClassFileImporter().importPackages(large);
    assertThatThrownBy(() -> ArchitectureRules.of(classes, large).check())
        .hasMessageContaining("has more than 20 classes in package " + large + "\n");
  }

  @Test
  void shouldRefuseAPatternThatMatchesNoPackage() {
    assertThatThrownBy(() -> ProductionClasses.packages(SOUND_CLASSES, SOUND, SOUND + ".renamed.."))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(SOUND + ".renamed..");
  }

  @Test
  void shouldRefuseAPackageWithoutClasses() {
    assertThatThrownBy(() -> ProductionClasses.of(SOUND + ".renamed"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(SOUND + ".renamed");
  }
}
