package io.stillstream.local.kubernetes;

import static java.util.stream.Collectors.toSet;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.stillstream.augmenter.config.AugmenterConfig;
import io.stillstream.containers.tools.ExternalTool;
import io.stillstream.containers.tools.RequiresTool;
import io.stillstream.labeler.config.LabelerConfig;
import io.stillstream.local.topics.TopicsConfig;
import io.stillstream.page.PageConfig;
import io.stillstream.trainer.config.TrainerConfig;
import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What README.md says to do in a copy of the manifests: another student, another tenant, other
 * images.
 */
@RequiresTool(ExternalTool.KUBECTL)
final class OwnOverlaysIT {
  @TempDir private Path copy;

  @BeforeEach
  void copyManifests() throws Exception {
    copy(KubernetesManifests.DIRECTORY, copy.resolve("kubernetes"));
    copy(Path.of("../config"), copy.resolve("config"));
    copy(Path.of("../grafana"), copy.resolve("grafana"));
  }

  @Test
  void shouldTakeAThirdStudentInThreeSteps() throws Exception {
    // given: 1, a directory of its own; 2, its name and model; 3, in the overlay
    Path third = copy.resolve("kubernetes/students/mlp");
    copy(copy.resolve("kubernetes/students/cnn"), third);
    replace(third.resolve("kustomization.yaml"), "cnn", "mlp");
    replace(third.resolve("student.yaml"), "cnn", "mlp");
    Path overlay = copy.resolve("kubernetes/overlays/example");
    replace(
        overlay.resolve("kustomization.yaml"),
        "  - ../../students/cnn\n",
        "  - ../../students/cnn\n  - ../../students/mlp\n");

    // when
    KubernetesManifests manifests = KubernetesManifests.build(overlay);

    // then
    assertThat(manifests.services("trainer"))
        .extracting(KubernetesManifests::name)
        .containsExactlyInAnyOrder("trainer-cnn", "trainer-mlp", "trainer-resnet8");
    Set<String> groups = new TreeSet<>();
    Set<String> prefixes = new TreeSet<>();
    for (JsonNode training : manifests.services("trainer")) {
      TrainerConfig trainer = load(manifests, training, TrainerConfig.class);
      groups.add(trainer.groupId());
      prefixes.add(trainer.store().orElseThrow().prefix().orElseThrow());
    }
    assertThat(groups).hasSize(3);
    assertThat(prefixes).hasSize(3).contains("stillstream/mlp");
    PageConfig page = load(manifests, manifests.one("Deployment", "page-mlp"), PageConfig.class);
    assertThat(page.trainer().url()).hasHost("trainer-mlp");
    assertThat(manifests.all("Service").map(service -> service.at("/spec/selector")).distinct())
        .as("no service leads to another student")
        .hasSameSizeAs(manifests.all("Service").toList());
  }

  @Test
  void shouldKeepTenantsApart() throws Exception {
    // given
    Path other = copy.resolve("kubernetes/overlays/team-b");
    copy(copy.resolve("kubernetes/overlays/tenant"), other);
    replace(other.resolve("kustomization.yaml"), "team-a", "team-b");

    // when
    Set<String> first =
        names(KubernetesManifests.build(copy.resolve("kubernetes/overlays/tenant")));
    Set<String> second = names(KubernetesManifests.build(other));

    // then: both have the same, each under its own prefix
    assertThat(first).allMatch(name -> name.contains("team-a"));
    assertThat(second).allMatch(name -> name.contains("team-b")).doesNotContainAnyElementsOf(first);
    assertThat(second.stream().map(name -> name.replace("team-b", "team-a")).collect(toSet()))
        .isEqualTo(first);
  }

  /**
   * Everything by which one tenant could meet another: names at brokers, in the store, in the
   * cluster.
   */
  private Set<String> names(KubernetesManifests manifests) throws Exception {
    AugmenterConfig augmenter =
        load(manifests, manifests.one("Deployment", "augmenter"), AugmenterConfig.class);
    LabelerConfig labeler =
        load(manifests, manifests.one("StatefulSet", "labeler"), LabelerConfig.class);
    TrainerConfig trainer =
        load(manifests, manifests.one("StatefulSet", "trainer-cnn"), TrainerConfig.class);
    TopicsConfig topics = load(manifests, manifests.one("Job", "topics"), TopicsConfig.class);
    Set<String> names =
        new TreeSet<>(
            Set.of(
                augmenter.applicationId(),
                augmenter.topics().images(),
                augmenter.topics().deadLetters(),
                labeler.groupId(),
                labeler.topics().labeledViews(),
                trainer.groupId(),
                trainer.topics().studentReleases(),
                trainer.topics().forgotten(),
                trainer.store().orElseThrow().prefix().orElseThrow()));
    topics.specs().forEach(spec -> names.add(spec.name()));
    manifests.objects().stream()
        .map(
            object ->
                KubernetesManifests.kind(object).equals("Namespace")
                    ? KubernetesManifests.name(object)
                    : object.at("/metadata/namespace").asText())
        .forEach(names::add);
    return names;
  }

  @Test
  void shouldNameEveryImageInOnePlaceWithTheVersionOfTheBuild() throws Exception {
    // given
    String version =
        Pattern.compile("<version>(.+)</version>")
            .matcher(Files.readString(Path.of("../../pom.xml")))
            .results()
            .findFirst()
            .orElseThrow()
            .group(1);

    // then
    for (String overlay :
        KubernetesManifestsIT.overlays().filter(o -> !o.equals("example")).toList()) {
      String flavour = overlay.equals("gpu") ? "-cuda" : "";
      assertThat(images(KubernetesManifests.of(overlay)))
          .as(overlay)
          .containsExactlyInAnyOrder(
              "registry.example.com/stillstream/augmenter-service:" + version,
              "registry.example.com/stillstream/teacher-labeler:" + version + flavour,
              "registry.example.com/stillstream/student-trainer:" + version,
              "registry.example.com/stillstream/page:" + version,
              "registry.example.com/stillstream/tools:" + version);
    }
    assertThat(images(KubernetesManifests.of("example")))
        .hasSize(5)
        .contains("mirror.example.com/page:" + version)
        .anyMatch(
            image ->
                image.startsWith("registry.example.com/stillstream/augmenter-service@sha256:"));
  }

  private static Set<String> images(KubernetesManifests manifests) {
    return manifests.workloads().stream()
        .flatMap(KubernetesManifests::containers)
        .map(container -> container.path("image").asText())
        .collect(toSet());
  }

  private <C extends Record> C load(KubernetesManifests manifests, JsonNode workload, Class<C> type)
      throws IOException {
    return new PodSettings(manifests, workload).load(type, copy);
  }

  private static void replace(Path file, String text, String other) throws IOException {
    String before = Files.readString(file);
    assertThat(before).contains(text);
    Files.writeString(file, before.replace(text, other));
  }

  private static void copy(Path from, Path to) throws IOException {
    Files.walkFileTree(
        from,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult preVisitDirectory(Path directory, BasicFileAttributes attributes)
              throws IOException {
            Files.createDirectories(to.resolve(from.relativize(directory).toString()));
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
              throws IOException {
            Files.copy(file, to.resolve(from.relativize(file).toString()));
            return FileVisitResult.CONTINUE;
          }
        });
  }
}
