package io.stillstream.local.kubernetes;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.MappingIterator;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

/** What kubectl makes of one overlay: all its objects, as they would be applied. */
public record KubernetesManifests(List<JsonNode> objects) {
  private static final Path OVERLAYS = Path.of("../kubernetes/overlays");
  private static final Set<String> WORKLOADS = Set.of("Deployment", "StatefulSet", "Job");

  static KubernetesManifests of(String overlay) throws IOException, InterruptedException {
    Process kubectl =
        new ProcessBuilder("kubectl", "kustomize", OVERLAYS.resolve(overlay).toString())
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    String output = new String(kubectl.getInputStream().readAllBytes(), UTF_8);
    if (kubectl.waitFor() != 0) {
      throw new AssertionError("kubectl kustomize " + overlay + " failed");
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

  /** What its container finds in its environment; of a secret, every key has the value secret. */
  Map<String, String> environment(JsonNode workload, List<String> keysOfSecrets) {
    Map<String, String> environment = new HashMap<>();
    for (JsonNode from : container(workload).path("envFrom")) {
      if (from.has("configMapRef")) {
        one("ConfigMap", from.at("/configMapRef/name").asText())
            .path("data")
            .properties()
            .forEach(entry -> environment.put(entry.getKey(), entry.getValue().asText()));
      } else {
        keysOfSecrets.forEach(key -> environment.put(key, "secret"));
      }
    }
    for (JsonNode variable : container(workload).path("env")) {
      environment.put(
          variable.path("name").asText(), variable.path("value").asText("from-the-pod"));
    }
    return environment;
  }

  /** The text of the settings file that the container is told to read. */
  String settings(JsonNode workload) {
    List<JsonNode> arguments = list(container(workload).path("args"));
    String file = arguments.get(arguments.size() - 1).asText();
    String name =
        list(pod(workload).path("volumes")).stream()
            .filter(volume -> volume.has("configMap"))
            .map(volume -> volume.at("/configMap/name").asText())
            .findFirst()
            .orElseThrow();
    String key = Path.of(file).getFileName().toString();
    JsonNode data = one("ConfigMap", name).path("data");
    if (!data.has(key)) {
      throw new AssertionError("ConfigMap " + name + " has no " + key);
    }
    return data.path(key).asText();
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
