package io.stillstream.local.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.stillstream.augmenter.config.AugmenterConfig;
import io.stillstream.containers.tools.ExternalTool;
import io.stillstream.containers.tools.RequiresTool;
import io.stillstream.labeler.config.LabelerConfig;
import io.stillstream.local.topics.TopicsConfig;
import io.stillstream.page.PageConfig;
import io.stillstream.runtime.config.YamlSettings;
import io.stillstream.runtime.http.ManagementSettings;
import io.stillstream.trainer.config.TrainerConfig;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The manifests hang together, and services accept what they say. No cluster is asked. */
@RequiresTool(ExternalTool.KUBECTL)
final class KubernetesManifestsIT {
  /** What README.md asks the operator to put into secrets. */
  private static final Map<String, List<String>> SECRETS =
      Map.of(
          "augmenter-credentials", credentials(),
          "labeler-credentials", credentials(),
          "trainer-credentials", credentials(),
          "page-credentials", credentials(),
          "topics-credentials", credentials(),
          "management-credentials", List.of("MANAGEMENT_USERNAME", "MANAGEMENT_PASSWORD"),
          "management-certificate", List.of("tls.crt", "tls.key"),
          "authorities", List.of("ca.crt"));

  @ParameterizedTest
  @ValueSource(strings = {"cpu", "gpu", "secured"})
  void shouldReferOnlyToWhatIsThere(String overlay) throws Exception {
    // given
    KubernetesManifests manifests = KubernetesManifests.of(overlay);
    Set<String> maps =
        manifests.all("ConfigMap").map(KubernetesManifests::name).collect(Collectors.toSet());

    // then
    assertThat(manifests.workloads())
        .extracting(KubernetesManifests::name)
        .containsExactlyInAnyOrder("augmenter", "labeler", "trainer-cnn", "page", "topics");
    for (JsonNode workload : manifests.workloads()) {
      JsonNode pod = KubernetesManifests.pod(workload);
      Set<String> volumes = names(pod.path("volumes"));
      volumes.addAll(
          KubernetesManifests.list(workload.at("/spec/volumeClaimTemplates")).stream()
              .map(KubernetesManifests::name)
              .toList());
      for (String containers : List.of("containers", "initContainers")) {
        for (JsonNode container : pod.path(containers)) {
          assertThat(volumes)
              .as(KubernetesManifests.name(workload))
              .containsAll(names(container.path("volumeMounts")));
        }
      }
      assertThat(names(KubernetesManifests.container(workload).path("volumeMounts")))
          .as("every volume is mounted: %s", KubernetesManifests.name(workload))
          .isEqualTo(volumes);
      assertThat(maps).containsAll(texts(workload.findValues("configMap"), "name"));
      assertThat(maps).containsAll(texts(workload.findValues("configMapRef"), "name"));
      assertThat(SECRETS.keySet()).containsAll(texts(workload.findValues("secretRef"), "name"));
      assertThat(SECRETS.keySet()).containsAll(texts(workload.findValues("secret"), "secretName"));
    }
    manifests
        .all("StatefulSet")
        .forEach(set -> manifests.one("Service", set.at("/spec/serviceName").asText()));
  }

  @ParameterizedTest
  @ValueSource(strings = {"cpu", "gpu", "secured"})
  void shouldSelectWhatRunsByItsLabelsAndPorts(String overlay) throws Exception {
    // given
    KubernetesManifests manifests = KubernetesManifests.of(overlay);

    // then
    for (JsonNode workload : manifests.workloads()) {
      JsonNode labels = KubernetesManifests.template(workload).at("/metadata/labels");
      assertThat(KubernetesManifests.agree(workload.at("/spec/selector/matchLabels"), labels))
          .isTrue();
      if (!KubernetesManifests.kind(workload).equals("Job")) {
        Set<String> ports = names(KubernetesManifests.container(workload).path("ports"));
        for (String probe : List.of("startupProbe", "livenessProbe", "readinessProbe")) {
          assertThat(ports)
              .contains(
                  KubernetesManifests.container(workload)
                      .at("/" + probe + "/httpGet/port")
                      .asText());
        }
        assertThat(manifests.all("Service").filter(service -> leadsTo(service, workload)))
            .as("services of %s", KubernetesManifests.name(workload))
            .hasSize(1);
        assertThat(
                manifests
                    .all("PodDisruptionBudget")
                    .filter(
                        b -> KubernetesManifests.agree(b.at("/spec/selector/matchLabels"), labels)))
            .as("disruption budgets of %s", KubernetesManifests.name(workload))
            .hasSize(1);
      }
      assertThat(
              manifests
                  .all("NetworkPolicy")
                  .filter(
                      p ->
                          KubernetesManifests.agree(p.at("/spec/podSelector/matchLabels"), labels)))
          .as("network policies of %s", KubernetesManifests.name(workload))
          .hasSize(KubernetesManifests.name(workload).equals("page") ? 2 : 1);
    }
    assertThat(manifests.all("Service"))
        .hasSize(4)
        .allMatch(service -> manifests.findsPods(service.at("/spec/selector")));
    JsonNode monitor = manifests.one("ServiceMonitor", "stillstream");
    assertThat(manifests.all("Service"))
        .allMatch(
            service ->
                KubernetesManifests.agree(
                        monitor.at("/spec/selector/matchLabels"), service.at("/metadata/labels"))
                    && service
                        .at("/spec/ports/0/name")
                        .equals(monitor.at("/spec/endpoints/0/port")));
  }

  @ParameterizedTest
  @ValueSource(strings = {"cpu", "gpu", "secured"})
  void shouldGiveEachServiceSettingsThatItAccepts(String overlay) throws Exception {
    // given
    KubernetesManifests manifests = KubernetesManifests.of(overlay);
    JsonNode augmenting = manifests.one("Deployment", "augmenter");
    JsonNode labeling = manifests.one("StatefulSet", "labeler");
    JsonNode training = manifests.one("StatefulSet", "trainer-cnn");
    JsonNode showing = manifests.one("Deployment", "page");

    // when
    AugmenterConfig augmenter = load(manifests, augmenting, AugmenterConfig.class);
    LabelerConfig labeler = load(manifests, labeling, LabelerConfig.class);
    TrainerConfig trainer = load(manifests, training, TrainerConfig.class);
    PageConfig page = load(manifests, showing, PageConfig.class);
    TopicsConfig topics = load(manifests, manifests.one("Job", "topics"), TopicsConfig.class);

    // then
    assertThat(augmenter.management().port()).isEqualTo(port(augmenting));
    assertThat(labeler.management().port()).isEqualTo(port(labeling));
    assertThat(trainer.management().port()).isEqualTo(port(training));
    assertThat(page.management().port()).isEqualTo(port(showing));
    assertThat(labeler.instanceId()).isEqualTo("from-the-pod");
    assertThat(trainer.groupId()).isEqualTo("student-trainer-cnn");
    String expected = overlay.equals("secured") ? "SASL_SSL" : null;
    assertThat(
            Stream.of(
                augmenter.kafka(), labeler.kafka(), trainer.kafka(), page.kafka(), topics.kafka()))
        .allSatisfy(kafka -> assertThat(kafka.get("security.protocol")).isEqualTo(expected));

    // and
    assertProbes(augmenting, augmenter.management());
    assertProbes(labeling, labeler.management());
    assertProbes(training, trainer.management());
    assertProbes(showing, page.management());
    boolean secured = overlay.equals("secured");
    assertThat(
            Stream.of(
                augmenter.management(),
                labeler.management(),
                trainer.management(),
                page.management()))
        .allMatch(management -> management.tls().isPresent() == secured)
        .allMatch(management -> management.basic().isPresent() == secured);
    JsonNode scraped = manifests.one("ServiceMonitor", "stillstream").at("/spec/endpoints/0");
    assertThat(scraped.path("scheme").asText("http")).isEqualTo(secured ? "https" : "http");
    assertThat(scraped.path("basicAuth")).hasSize(secured ? 2 : 0);
    for (JsonNode secret : scraped.path("basicAuth")) {
      assertThat(SECRETS.get(secret.path("name").asText())).contains(secret.path("key").asText());
    }

    // and: the page asks the trainer by the name of its service
    JsonNode asked = manifests.one("Service", page.trainer().url().getHost());
    assertThat(asked.at("/spec/ports/0/port").asInt()).isEqualTo(page.trainer().url().getPort());
    assertThat(page.trainer().url()).hasScheme(secured ? "https" : "http");
    assertThat(page.trainer().user().isPresent()).isEqualTo(secured);

    // and
    assertScaling(manifests, "augmenter", augmenter.applicationId(), augmenter.topics().images());
    assertScaling(manifests, "labeler", labeler.groupId(), labeler.topics().views());
    assertThat(manifests.all("ScaledObject"))
        .allSatisfy(
            scaled ->
                assertThat(scaled.at("/spec/maxReplicaCount").asInt())
                    .isEqualTo(topics.partitions().orElseThrow()));
  }

  @ParameterizedTest
  @ValueSource(strings = {"cpu", "gpu", "secured"})
  void shouldRunEverythingWithoutPrivileges(String overlay) throws Exception {
    for (JsonNode workload : KubernetesManifests.of(overlay).workloads()) {
      JsonNode pod = KubernetesManifests.pod(workload);
      assertThat(pod.at("/securityContext/runAsNonRoot").asBoolean()).isTrue();
      assertThat(pod.at("/securityContext/seccompProfile/type").asText())
          .isEqualTo("RuntimeDefault");
      assertThat(pod.path("automountServiceAccountToken").asBoolean(true)).isFalse();
      Stream.of("containers", "initContainers")
          .flatMap(containers -> KubernetesManifests.list(pod.path(containers)).stream())
          .forEach(
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

  /** Whoever probes must come by what the service speaks, and has no password. */
  private static void assertProbes(JsonNode workload, ManagementSettings management) {
    String files = "/etc/stillstream/management";
    for (String probe : List.of("startupProbe", "livenessProbe", "readinessProbe")) {
      assertThat(
              KubernetesManifests.container(workload)
                  .at("/" + probe + "/httpGet/scheme")
                  .asText("HTTP"))
          .isEqualTo(management.tls().isPresent() ? "HTTPS" : "HTTP");
    }
    assertThat(management.basic().stream()).allMatch(ManagementSettings.Basic::openHealth);
    assertThat(management.tls().stream())
        .allSatisfy(
            tls -> {
              assertThat(tls.certificate()).hasToString(files + "/tls.crt");
              assertThat(tls.key()).hasToString(files + "/tls.key");
              JsonNode mounts = KubernetesManifests.container(workload).path("volumeMounts");
              assertThat(texts(KubernetesManifests.list(mounts), "mountPath")).contains(files);
            });
  }

  private static void assertScaling(
      KubernetesManifests manifests, String name, String group, String topic) {
    JsonNode scaled = manifests.one("ScaledObject", name);
    manifests.one(
        scaled.at("/spec/scaleTargetRef/kind").asText(),
        scaled.at("/spec/scaleTargetRef/name").asText());
    JsonNode trigger = scaled.at("/spec/triggers/0");
    assertThat(trigger.at("/metadata/consumerGroup").asText()).isEqualTo(group);
    assertThat(trigger.at("/metadata/topic").asText()).isEqualTo(topic);
    String servers =
        manifests
            .environment(manifests.one("Deployment", "augmenter"), List.of())
            .get("KAFKA_BOOTSTRAP_SERVERS");
    assertThat(trigger.at("/metadata/bootstrapServers").asText()).isEqualTo(servers);
    if (trigger.has("authenticationRef")) {
      manifests.one("TriggerAuthentication", trigger.at("/authenticationRef/name").asText());
    }
  }

  private static <C extends Record> C load(
      KubernetesManifests manifests, JsonNode workload, Class<C> type) {
    return YamlSettings.parse(
        manifests.settings(workload), type, manifests.environment(workload, credentials()));
  }

  private static boolean leadsTo(JsonNode service, JsonNode workload) {
    return KubernetesManifests.agree(
            service.at("/spec/selector"),
            KubernetesManifests.template(workload).at("/metadata/labels"))
        && names(KubernetesManifests.container(workload).path("ports"))
            .contains(service.at("/spec/ports/0/targetPort").asText())
        && service.at("/spec/ports/0/port").asInt() == port(workload);
  }

  private static int port(JsonNode workload) {
    return KubernetesManifests.container(workload).at("/ports/0/containerPort").asInt();
  }

  private static Set<String> names(JsonNode array) {
    return KubernetesManifests.list(array).stream()
        .map(element -> element.path("name").asText())
        .collect(Collectors.toSet());
  }

  private static List<String> texts(List<JsonNode> nodes, String field) {
    return nodes.stream().map(node -> node.path(field).asText()).toList();
  }

  private static List<String> credentials() {
    return List.of(
        "KAFKA_USERNAME",
        "KAFKA_PASSWORD",
        "REGISTRY_USER_INFO",
        "MANAGEMENT_USERNAME",
        "MANAGEMENT_PASSWORD");
  }
}
