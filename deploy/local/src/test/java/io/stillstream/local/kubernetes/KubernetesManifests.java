package io.stillstream.local.kubernetes;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.MappingIterator;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

/** What kubectl makes of one overlay: all its objects, as they would be applied. */
public record KubernetesManifests(List<JsonNode> objects) {
  static final Path DIRECTORY = Path.of("../kubernetes");
  private static final Set<String> WORKLOADS = Set.of("Deployment", "StatefulSet", "Job");

  static KubernetesManifests of(String overlay) throws IOException, InterruptedException {
    return build(DIRECTORY.resolve("overlays").resolve(overlay));
  }

  static KubernetesManifests build(Path kustomization) throws IOException, InterruptedException {
    Process kubectl =
        new ProcessBuilder("kubectl", "kustomize", kustomization.toString())
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    String output = new String(kubectl.getInputStream().readAllBytes(), UTF_8);
    if (kubectl.waitFor() != 0) {
      throw new AssertionError("kubectl kustomize " + kustomization + " failed");
    }
    try (MappingIterator<JsonNode> objects =
        new YAMLMapper().readerFor(JsonNode.class).readValues(output)) {
      return new KubernetesManifests(objects.readAll());
    }
  }

  Stream<JsonNode> all(String kind) {
    return objects.stream().filter(object -> kind(object).equals(kind));
  }

  /** Whatever has a template for pods. */
  List<JsonNode> workloads() {
    return objects.stream().filter(object -> WORKLOADS.contains(kind(object))).toList();
  }

  /** Workloads that run for ever. */
  List<JsonNode> services() {
    return workloads().stream().filter(workload -> !kind(workload).equals("Job")).toList();
  }

  /** Workloads of one service, as the label says. */
  List<JsonNode> services(String service) {
    return services().stream().filter(workload -> label(workload, "name").equals(service)).toList();
  }

  JsonNode one(String kind, String name) {
    return all(kind)
        .filter(object -> name(object).equals(name))
        .findFirst()
        .orElseThrow(() -> new AssertionError("there is no " + kind + " " + name));
  }

  /** Whether a selector of pods finds any; one that selects by nothing does not count. */
  boolean findsPods(JsonNode selector) {
    return !selector.isEmpty()
        && workloads().stream()
            .anyMatch(workload -> agree(selector, template(workload).at("/metadata/labels")));
  }

  static boolean agree(JsonNode selector, JsonNode labels) {
    return selector.properties().stream()
        .allMatch(label -> label.getValue().equals(labels.path(label.getKey())));
  }

  static JsonNode template(JsonNode workload) {
    return workload.at("/spec/template");
  }

  static JsonNode pod(JsonNode workload) {
    return template(workload).path("spec");
  }

  /** The one container that is no preparation. */
  static JsonNode container(JsonNode workload) {
    return pod(workload).at("/containers/0");
  }

  /** Every container, those that prepare too. */
  static Stream<JsonNode> containers(JsonNode workload) {
    return Stream.of("initContainers", "containers")
        .flatMap(containers -> list(pod(workload).path(containers)).stream());
  }

  static String label(JsonNode object, String label) {
    return object.path("metadata").path("labels").path("app.kubernetes.io/" + label).asText();
  }

  static String kind(JsonNode object) {
    return object.path("kind").asText();
  }

  static String name(JsonNode object) {
    return object.at("/metadata/name").asText();
  }

  public static List<JsonNode> list(JsonNode array) {
    return StreamSupport.stream(array.spliterator(), false).toList();
  }
}
