package io.stillstream.architecture;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import org.junit.jupiter.api.Test;

final class ProjectRulesTest {
  private static final String SAMPLE = "io.stillstream.architecture.sample";

  @Test
  void shouldRefuseTwoClassesOfTheSameName() {
    JavaClasses classes = new ClassFileImporter().importPackages(SAMPLE);
    assertThatThrownBy(() -> ProjectRules.requireUniqueNames(classes))
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining(SAMPLE + ".faulty.common.SoundClass")
        .hasMessageContaining(SAMPLE + ".sound.SoundClass")
        .hasMessageNotContaining("OpenClass");
  }

  @Test
  void shouldAcceptNamesThatAreUnique() {
    JavaClasses classes = new ClassFileImporter().importPackages(SAMPLE + ".sound");
    assertThatCode(() -> ProjectRules.requireUniqueNames(classes)).doesNotThrowAnyException();
  }

  @Test
  void shouldNameModulesByTheirPackage() {
    JavaClasses classes = new ClassFileImporter().importPackages(SAMPLE);
    assertThat(ProjectRules.modules(classes)).containsExactly("architecture");
  }
}
