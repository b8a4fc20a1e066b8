package io.stillstream.local.version;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.LocalDate;
import java.util.List;
import java.util.TreeMap;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.w3c.dom.Element;

/** Whatever names the version names that of the project's POM. */
final class ProjectVersionTest {
  /** The first heading of a version in the changelog, with its date. */
  private static final Pattern RELEASE =
      Pattern.compile("^## ([0-9][^ ]*) - ([0-9-]+)$", Pattern.MULTILINE);

  private final String version = ProjectFiles.version();

  @Test
  void shouldBeAReleaseOrWhatIsBeforeOne() {
    assertThat(version).matches("\\d+\\.\\d+\\.\\d+(-SNAPSHOT)?");
  }

  @Test
  void shouldBeThatOfEachModule() {
    // when
    TreeMap<String, String> others = new TreeMap<>();
    ProjectFiles.modulePoms()
        .forEach(
            (module, pom) -> {
              String parent = ProjectFiles.text(pom, "parent", "version");
              if (!parent.equals(version) || !ProjectFiles.text(pom, "version").isEmpty()) {
                others.put(module, parent);
              }
            });

    // then
    assertThat(others).isEmpty();
  }

  @Test
  void shouldBeTheTagOfTheImagesInKubernetes() {
    // when
    List<String> tags =
        Pattern.compile("newTag: (\\S+)")
            .matcher(ProjectFiles.read("deploy/kubernetes/components/images/kustomization.yaml"))
            .results()
            .map(found -> found.group(1))
            .toList();

    // then
    assertThat(tags).hasSize(6).containsOnly(version, version + "-cuda").contains(version);
  }

  @Test
  void shouldBeTheFirstInTheChangelog() {
    // when
    List<MatchResult> releases =
        RELEASE.matcher(ProjectFiles.read(ProjectFiles.CHANGELOG)).results().toList();

    // then
    assertThat(releases).isNotEmpty();
    assertThat(releases.get(0).group(1)).isEqualTo(version.replace("-SNAPSHOT", ""));
    assertThat(releases).extracting(release -> LocalDate.parse(release.group(2))).isNotEmpty();
  }

  @Test
  void shouldBeBuiltWithTheDateOfTheRelease() {
    // given
    MatchResult release =
        RELEASE.matcher(ProjectFiles.read(ProjectFiles.CHANGELOG)).results().findFirst().get();
    Element pom = ProjectFiles.pom();

    // then
    assertThat(ProjectFiles.text(pom, "properties", "project.build.outputTimestamp"))
        .isEqualTo(release.group(2) + "T00:00:00Z");
  }

  @Test
  void shouldBeNamedByTheTextsAboutUpgradesAndFixes() {
    assertThat(ProjectFiles.read("deploy/docs/upgrade.md")).contains("notices in " + version);
    assertThat(ProjectFiles.read(".github/SECURITY.md"))
        .contains("| " + version.replaceFirst("\\.\\d+$", ".x"));
  }

  @Test
  void shouldComeToImagesFromThePomAlone() {
    assertThat(ProjectFiles.read("deploy/docker/Dockerfile"))
        .contains("org.opencontainers.image.version=\"${VERSION}\"")
        .doesNotContain(version);
    assertThat(ProjectFiles.read("deploy/docker/build"))
        .contains("--build-arg VERSION=\"$version\"")
        .doesNotContain(version);
  }
}
