package io.stillstream.local.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.stillstream.containers.tools.ExternalTool;
import io.stillstream.containers.tools.RequiresTool;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The objects of each overlay refer to each other rightly. No cluster is asked. */
@RequiresTool(ExternalTool.KUBECTL)
final class KubernetesManifestsIT {
  private static final String PROBES = "startupProbe livenessProbe readinessProbe";
  private static final String PART_OF = "app.kubernetes.io/part-of";

  @ParameterizedTest
  @MethodSource("overlays")
  void shouldReferOnlyToWhatIsThere(String overlay) throws Exception {
    // given
    KubernetesManifests manifests = KubernetesManifests.of(overlay);
    Set<String> maps =
        manifests.all("ConfigMap").map(KubernetesManifests::name).collect(Collectors.toSet());
    Set<String> secrets = PodSettings.SECRETS.keySet();
    List<String> expected =
        new ArrayList<>(List.of("augmenter", "labeler", "topics", "trainer-cnn", "page-cnn"));
    if (overlay.equals("example")) {
      expected.addAll(List.of("trainer-resnet8", "page-resnet8"));
    }

    // then
    assertThat(manifests.workloads())
        .extracting(KubernetesManifests::name)
        .containsExactlyInAnyOrderElementsOf(expected);
    for (JsonNode workload : manifests.workloads()) {
      Set<String> volumes = names(KubernetesManifests.pod(workload).path("volumes"));
      volumes.addAll(
          KubernetesManifests.list(workload.at("/spec/volumeClaimTemplates")).stream()
              .map(KubernetesManifests::name)
              .toList());
      assertThat(KubernetesManifests.containers(workload))
          .as(KubernetesManifests.name(workload))
          .allSatisfy(
              container -> assertThat(volumes).containsAll(names(container.path("volumeMounts"))));
      assertThat(names(KubernetesManifests.container(workload).path("volumeMounts")))
          .as("every volume is mounted: %s", KubernetesManifests.name(workload))
          .isEqualTo(volumes);
      assertThat(maps).containsAll(texts(workload.findValues("configMap"), "name"));
      assertThat(maps).containsAll(texts(workload.findValues("configMapRef"), "name"));
      assertThat(secrets).containsAll(texts(workload.findValues("secretRef"), "name"));
      assertThat(secrets).containsAll(texts(workload.findValues("secret"), "secretName"));
    }
    manifests
        .all("StatefulSet")
        .forEach(set -> manifests.one("Service", set.at("/spec/serviceName").asText()));
  }

  @ParameterizedTest
  @MethodSource("overlays")
  void shouldSelectWhatRunsByItsLabelsAndPorts(String overlay) throws Exception {
    // given
    KubernetesManifests manifests = KubernetesManifests.of(overlay);

    // then
    for (JsonNode workload : manifests.workloads()) {
      JsonNode labels = KubernetesManifests.template(workload).at("/metadata/labels");
      assertThat(KubernetesManifests.agree(workload.at("/spec/selector/matchLabels"), labels))
          .isTrue();
      assertThat(labels.path(PART_OF).asText()).isEqualTo("stillstream");
    }
    for (JsonNode workload : manifests.services()) {
      JsonNode labels = KubernetesManifests.template(workload).at("/metadata/labels");
      JsonNode container = KubernetesManifests.container(workload);
      assertThat(PROBES.split(" "))
          .extracting(probe -> container.path(probe).at("/httpGet/port").asText())
          .allSatisfy(port -> assertThat(names(container.path("ports"))).contains(port));
      assertThat(manifests.all("Service").filter(service -> leadsTo(service, workload)))
          .as("services of %s", KubernetesManifests.name(workload))
          .hasSize(1);
      assertThat(
              manifests
                  .all("PodDisruptionBudget")
                  .filter(
                      b -> KubernetesManifests.agree(b.at("/spec/selector/matchLabels"), labels))
                  .map(b -> b.path("spec")))
          .as("disruption budgets of %s", KubernetesManifests.name(workload))
          .singleElement()
          .satisfies(
              spec -> {
                assertThat(spec.path("maxUnavailable").asInt()).isEqualTo(1);
                assertThat(spec.path("unhealthyPodEvictionPolicy").asText())
                    .isEqualTo("AlwaysAllow");
              });
    }
    assertThat(manifests.all("Service"))
        .hasSameSizeAs(manifests.services())
        .allMatch(service -> manifests.findsPods(service.at("/spec/selector")));
    assertThat(manifests.all("ServiceMonitor"))
        .hasSize(overlay.equals("plain") ? 0 : 1)
        .allSatisfy(
            monitor ->
                assertThat(manifests.all("Service"))
                    .allMatch(service -> isScraped(service, monitor)));
  }

  @ParameterizedTest
  @MethodSource("overlays")
  void shouldLetPodsOutToWhatTheyNeedAndNoMore(String overlay) throws Exception {
    // given
    KubernetesManifests manifests = KubernetesManifests.of(overlay);

    // then
    for (JsonNode workload : manifests.workloads()) {
      JsonNode labels = KubernetesManifests.template(workload).at("/metadata/labels");
      Set<String> expected = new TreeSet<>(Set.of("stillstream", "to-kafka"));
      String service = KubernetesManifests.label(workload, "name");
      if (service.equals("page")) {
        expected.add("page-to-trainer");
      } else if (service.equals("trainer") && !overlay.equals("plain")) {
        expected.add("to-store");
      } else if (service.equals("augmenter") && overlay.equals("example")) {
        expected.add("to-pictures");
      }
      assertThat(
              manifests
                  .all("NetworkPolicy")
                  .filter(
                      p -> KubernetesManifests.agree(p.at("/spec/podSelector/matchLabels"), labels))
                  .map(KubernetesManifests::name))
          .as("network policies of %s", KubernetesManifests.name(workload))
          .containsExactlyInAnyOrderElementsOf(expected);
    }
    assertThat(manifests.all("NetworkPolicy"))
        .allMatch(policy -> manifests.findsPods(policy.at("/spec/podSelector/matchLabels")));
    if (overlay.equals("example")) {
      assertThat(manifests.one("NetworkPolicy", "to-kafka").findValuesAsText("cidr"))
          .containsExactly("192.0.2.0/24", "198.51.100.7/32");
      assertThat(manifests.one("NetworkPolicy", "to-kafka").findValuesAsText("port"))
          .containsExactly("9094", "443");
      assertThat(manifests.one("NetworkPolicy", "to-store").findValuesAsText("cidr"))
          .containsExactly("203.0.113.0/24");
    }
  }

  @ParameterizedTest
  @MethodSource("overlays")
  void shouldRunEverythingWithoutPrivileges(String overlay) throws Exception {
    for (JsonNode workload : KubernetesManifests.of(overlay).workloads()) {
      JsonNode pod = KubernetesManifests.pod(workload);
      assertThat(pod.at("/securityContext/runAsNonRoot").asBoolean()).isTrue();
      assertThat(pod.at("/securityContext/seccompProfile/type").asText())
          .isEqualTo("RuntimeDefault");
      assertThat(pod.path("automountServiceAccountToken").asBoolean(true)).isFalse();
      assertThat(KubernetesManifests.containers(workload))
          .allSatisfy(
              container -> {
                JsonNode context = container.path("securityContext");
                assertThat(context.path("readOnlyRootFilesystem").asBoolean()).isTrue();
                assertThat(context.path("allowPrivilegeEscalation").asBoolean(true)).isFalse();
                assertThat(context.at("/capabilities/drop/0").asText()).isEqualTo("ALL");
                assertThat(container.at("/resources/limits/memory").asText()).isNotEmpty();
                assertThat(container.at("/resources/requests/cpu").asText()).isNotEmpty();
              });
    }
  }

  @Test
  void shouldNeedNoDefinitionsForThePlainOverlay() throws Exception {
    // then
    assertThat(KubernetesManifests.of("plain").objects())
        .extracting(object -> object.path("apiVersion").asText())
        .isSubsetOf("v1", "apps/v1", "batch/v1", "networking.k8s.io/v1", "policy/v1");
  }

  /** What no overlay includes would be validated by nothing. */
  @Test
  void shouldIncludeEveryComponentAndStudentInAnOverlay() throws Exception {
    // given
    Set<String> included = new TreeSet<>();
    Pattern reference = Pattern.compile("../../((?:components|students)/[a-z0-9-]+)");
    for (String overlay : overlays().toList()) {
      Path file =
          KubernetesManifests.DIRECTORY.resolve("overlays/" + overlay + "/kustomization.yaml");
      reference
          .matcher(Files.readString(file))
          .results()
          .map((MatchResult result) -> result.group(1))
          .forEach(included::add);
    }

    // then
    assertThat(included)
        .containsAll(directories("components"))
        .containsAll(directories("students"));
  }

  static Stream<String> overlays() throws Exception {
    return directories("overlays").stream().map(name -> name.substring("overlays/".length()));
  }

  private static List<String> directories(String parent) throws Exception {
    try (Stream<Path> children = Files.list(KubernetesManifests.DIRECTORY.resolve(parent))) {
      return children
          .filter(Files::isDirectory)
          .map(child -> parent + "/" + child.getFileName())
          .sorted()
          .toList();
    }
  }

  private static boolean isScraped(JsonNode service, JsonNode monitor) {
    return KubernetesManifests.agree(
            monitor.at("/spec/selector/matchLabels"), service.at("/metadata/labels"))
        && service.at("/spec/ports/0/name").equals(monitor.at("/spec/endpoints/0/port"));
  }

  private static boolean leadsTo(JsonNode service, JsonNode workload) {
    JsonNode port = KubernetesManifests.container(workload).at("/ports/0");
    return KubernetesManifests.agree(
            service.at("/spec/selector"),
            KubernetesManifests.template(workload).at("/metadata/labels"))
        && service.at("/spec/ports/0/targetPort").equals(port.path("name"))
        && service.at("/spec/ports/0/port").equals(port.path("containerPort"));
  }

  private static Set<String> names(JsonNode array) {
    return KubernetesManifests.list(array).stream()
        .map(element -> element.path("name").asText())
        .collect(Collectors.toSet());
  }

  private static List<String> texts(List<JsonNode> nodes, String field) {
    return nodes.stream().map(node -> node.path(field).asText()).toList();
  }
}
