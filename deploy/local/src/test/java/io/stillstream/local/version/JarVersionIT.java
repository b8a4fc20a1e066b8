package io.stillstream.local.version;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.util.jar.Attributes;
import java.util.jar.JarFile;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What the jars say of themselves, and that nothing in them tells when or where they were made. */
final class JarVersionIT {
  @ParameterizedTest
  @CsvSource({
    "augmenter-service/target/augmenter-service.jar, Stillstream augmenter-service",
    "teacher-labeler/target/teacher-labeler-service.jar, Stillstream teacher-labeler",
    "student-trainer/target/student-trainer-service.jar, Stillstream student-trainer",
    "deploy/page/target/page-service.jar, Stillstream page",
    "deploy/local/target/stillstream.jar, Stillstream local",
    "deploy/local/target/lib/schemas-{version}.jar, Stillstream schemas",
    "deploy/local/target/lib/runtime-{version}.jar, Stillstream runtime"
  })
  void shouldCarryTheVersionAndTheTimeOfTheRelease(String path, String title) throws Exception {
    // given
    String version = ProjectFiles.version();
    LocalDateTime time =
        OffsetDateTime.parse(
                ProjectFiles.text(
                    ProjectFiles.pom(), "properties", "project.build.outputTimestamp"))
            .toLocalDateTime();
    try (JarFile jar =
        new JarFile(ProjectFiles.ROOT.resolve(path.replace("{version}", version)).toFile())) {
      Attributes manifest = jar.getManifest().getMainAttributes();

      // then
      assertThat(manifest.getValue(Attributes.Name.IMPLEMENTATION_TITLE)).isEqualTo(title);
      assertThat(manifest.getValue(Attributes.Name.IMPLEMENTATION_VERSION)).isEqualTo(version);
      assertThat(manifest.keySet())
          .extracting(Object::toString)
          .doesNotContain("Built-By", "Build-Jdk", "Build-Time", "Built-On", "Build-Host");
      assertThat(jar.stream())
          .hasSizeGreaterThan(10)
          .allSatisfy(
              entry -> assertThat(entry.getTimeLocal()).as(entry.getName()).isEqualTo(time));
    }
  }
}
