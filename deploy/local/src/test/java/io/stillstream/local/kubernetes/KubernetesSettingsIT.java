package io.stillstream.local.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.stillstream.augmenter.config.AugmenterConfig;
import io.stillstream.containers.tools.ExternalTool;
import io.stillstream.containers.tools.RequiresTool;
import io.stillstream.labeler.config.LabelerConfig;
import io.stillstream.local.topics.TopicsConfig;
import io.stillstream.page.PageConfig;
import io.stillstream.runtime.http.ManagementSettings;
import io.stillstream.runtime.startup.StartSettings;
import io.stillstream.trainer.config.TrainerConfig;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Services accept the settings that the pods of each overlay have, and the manifests agree with
 * them.
 */
@RequiresTool(ExternalTool.KUBECTL)
final class KubernetesSettingsIT {
  private static final List<String> PROBES =
      List.of("startupProbe", "livenessProbe", "readinessProbe");

  /** Of a JVM and what it loads before it answers. */
  private static final Duration LOADING = Duration.ofSeconds(30);

  /** After which a service that does not stop is left: ServiceLauncher. */
  private static final int LONGEST_STOP_SECONDS = 60;

  @TempDir private Path directory;

  @ParameterizedTest
  @MethodSource("io.stillstream.local.kubernetes.KubernetesManifestsIT#overlays")
  void shouldGiveAugmenterAndLabelerSettingsThatTheyAccept(String overlay) throws Exception {
    // given
    KubernetesManifests manifests = KubernetesManifests.of(overlay);
    JsonNode augmenting = manifests.one("Deployment", "augmenter");
    JsonNode labeling = manifests.one("StatefulSet", "labeler");

    // when
    AugmenterConfig augmenter = load(manifests, augmenting, AugmenterConfig.class);
    LabelerConfig labeler = load(manifests, labeling, LabelerConfig.class);
    TopicsConfig topics = load(manifests, manifests.one("Job", "topics"), TopicsConfig.class);

    // then
    assertService(overlay, augmenting, augmenter.management(), augmenter.start());
    assertService(overlay, labeling, labeler.management(), labeler.start());
    assertKafka(overlay, augmenter.kafka());
    assertKafka(overlay, labeler.kafka());
    assertKafka(overlay, topics.kafka());
    assertThat(labeler.instanceId()).isEqualTo("labeler-0");
    assertThat(augmenter.fetch().allow()).hasSize(overlay.equals("example") ? 1 : 0);

    // and: what is scaled by is what is read
    assertThat(manifests.all("ScaledObject")).hasSize(overlay.equals("plain") ? 0 : 2);
    if (!overlay.equals("plain")) {
      assertScaling(manifests, augmenting, augmenter.applicationId(), augmenter.topics().images());
      assertScaling(manifests, labeling, labeler.groupId(), labeler.topics().views());
    }
    assertThat(manifests.all("ScaledObject"))
        .allSatisfy(
            scaled ->
                assertThat(scaled.at("/spec/maxReplicaCount").asInt())
                    .isEqualTo(topics.partitions().orElseThrow()));

    // and: topics are made by the names that services use
    assertThat(topics.nameOf("images")).isEqualTo(augmenter.topics().images());
    assertThat(topics.nameOf("views")).isEqualTo(labeler.topics().views());
  }

  @ParameterizedTest
  @MethodSource("io.stillstream.local.kubernetes.KubernetesManifestsIT#overlays")
  void shouldGiveEachStudentSettingsOfItsOwn(String overlay) throws Exception {
    // given
    KubernetesManifests manifests = KubernetesManifests.of(overlay);

    for (JsonNode training : manifests.services("trainer")) {
      // when
      String student = student(training);
      String namespace = training.at("/metadata/namespace").asText();
      TrainerConfig trainer = load(manifests, training, TrainerConfig.class);

      // then
      assertService(overlay, training, trainer.management(), trainer.start());
      assertKafka(overlay, trainer.kafka());
      assertThat(training.at("/spec/replicas").asInt()).isEqualTo(1);
      assertThat(trainer.groupId()).endsWith("student-trainer-" + student);
      assertThat(trainer.student()).isEqualTo(Path.of("/models", student));
      assertThat(trainer.store().isPresent()).isEqualTo(!overlay.equals("plain"));
      assertThat(trainer.store().stream())
          .allSatisfy(
              store -> {
                assertThat(store.prefix()).contains(namespace + "/" + student);
                assertThat(store.certificates().isPresent()).isEqualTo(overlay.equals("secured"));
                assertThat(store.endpoint().orElseThrow().getScheme())
                    .isEqualTo(
                        overlay.equals("secured") || overlay.equals("example") ? "https" : "http");
              });
    }
  }

  @ParameterizedTest
  @MethodSource("io.stillstream.local.kubernetes.KubernetesManifestsIT#overlays")
  void shouldShowEachStudentOnAPageOfItsOwn(String overlay) throws Exception {
    // given
    KubernetesManifests manifests = KubernetesManifests.of(overlay);
    boolean secured = overlay.equals("secured");
    assertThat(manifests.services("page")).hasSameSizeAs(manifests.services("trainer"));

    for (JsonNode showing : manifests.services("page")) {
      // when
      PageConfig page = load(manifests, showing, PageConfig.class);

      // then
      assertService(overlay, showing, page.management(), page.start());
      assertKafka(overlay, page.kafka());
      JsonNode asked = manifests.one("Service", page.trainer().url().getHost());
      assertThat(asked.path("metadata").path("name").asText())
          .isEqualTo("trainer-" + student(showing));
      assertThat(asked.at("/spec/ports/0/port").asInt()).isEqualTo(page.trainer().url().getPort());
      assertThat(page.trainer().url()).hasScheme(secured ? "https" : "http");
      assertThat(page.trainer().user().isPresent()).isEqualTo(secured);
    }
  }

  @ParameterizedTest
  @MethodSource("io.stillstream.local.kubernetes.KubernetesManifestsIT#overlays")
  void shouldScrapeAsServicesAnswer(String overlay) throws Exception {
    // given
    boolean secured = overlay.equals("secured");

    // then
    assertThat(KubernetesManifests.of(overlay).all("ServiceMonitor"))
        .extracting(monitor -> monitor.at("/spec/endpoints/0"))
        .allSatisfy(
            scraped -> {
              assertThat(scraped.path("scheme").asText("http"))
                  .isEqualTo(secured ? "https" : "http");
              assertThat(scraped.path("basicAuth")).hasSize(secured ? 2 : 0);
              for (JsonNode secret : scraped.path("basicAuth")) {
                assertThat(PodSettings.SECRETS.get(secret.path("name").asText()))
                    .contains(secret.path("key").asText());
              }
            });
  }

  private <C extends Record> C load(KubernetesManifests manifests, JsonNode workload, Class<C> type)
      throws Exception {
    return new PodSettings(manifests, workload).load(type, directory);
  }

  private static void assertKafka(String overlay, Map<String, String> kafka) {
    assertThat(kafka.get("security.protocol"))
        .isEqualTo(overlay.equals("secured") ? "SASL_SSL" : null);
  }

  /** Probes come by what the service speaks, without a password, and are as patient as it is. */
  private static void assertService(
      String overlay, JsonNode workload, ManagementSettings management, StartSettings start) {
    JsonNode container = KubernetesManifests.container(workload);
    boolean secured = overlay.equals("secured");
    assertThat(management.port()).isEqualTo(container.at("/ports/0/containerPort").asInt());
    assertThat(management.tls().isPresent()).isEqualTo(secured);
    assertThat(management.basic().isPresent()).isEqualTo(secured);
    assertThat(management.basic().stream()).allMatch(ManagementSettings.Basic::openHealth);
    assertThat(PROBES)
        .extracting(probe -> container.path(probe).at("/httpGet/scheme").asText("HTTP"))
        .containsOnly(secured ? "HTTPS" : "HTTP");
    JsonNode startup = container.path("startupProbe");
    assertThat(startup.path("periodSeconds").asLong() * startup.path("failureThreshold").asLong())
        .isGreaterThanOrEqualTo(start.maxWait().plus(LOADING).toSeconds());
    assertThat(KubernetesManifests.pod(workload).path("terminationGracePeriodSeconds").asInt())
        .isGreaterThan(LONGEST_STOP_SECONDS);
    assertThat(management.tls().stream())
        .allSatisfy(
            tls -> {
              String files = "/etc/stillstream/management";
              assertThat(tls.certificate()).hasToString(files + "/tls.crt");
              assertThat(tls.key()).hasToString(files + "/tls.key");
              assertThat(container.path("volumeMounts").findValuesAsText("mountPath"))
                  .contains(files);
            });
  }

  /** KEDA takes these three from the environment of the container that it scales. */
  private static void assertScaling(
      KubernetesManifests manifests, JsonNode workload, String group, String topic) {
    JsonNode scaled = manifests.one("ScaledObject", KubernetesManifests.name(workload));
    assertThat(scaled.at("/spec/scaleTargetRef/kind").asText())
        .isEqualTo(KubernetesManifests.kind(workload));
    assertThat(scaled.at("/spec/scaleTargetRef/name").asText())
        .isEqualTo(KubernetesManifests.name(workload));
    JsonNode trigger = scaled.at("/spec/triggers/0");
    Map<String, String> environment = new PodSettings(manifests, workload).environment();
    assertThat(environment)
        .containsEntry(trigger.at("/metadata/consumerGroupFromEnv").asText(), group)
        .containsEntry(trigger.at("/metadata/topicFromEnv").asText(), topic)
        .containsKey(trigger.at("/metadata/bootstrapServersFromEnv").asText());
    if (trigger.has("authenticationRef")) {
      manifests.one("TriggerAuthentication", trigger.at("/authenticationRef/name").asText());
    }
  }

  private static String student(JsonNode workload) {
    return workload.path("metadata").path("labels").path("stillstream/student").asText();
  }
}
