package io.stillstream.local.kubernetes;

import static io.stillstream.local.kubernetes.KubernetesManifests.container;
import static io.stillstream.local.kubernetes.KubernetesManifests.list;
import static io.stillstream.local.kubernetes.KubernetesManifests.name;
import static io.stillstream.local.kubernetes.KubernetesManifests.pod;
import static io.stillstream.local.kubernetes.KubernetesManifests.template;

import com.fasterxml.jackson.databind.JsonNode;
import io.stillstream.runtime.config.YamlSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * The settings that the process of a pod would have: the files that it is told to read, and its
 * environment.
 */
record PodSettings(KubernetesManifests manifests, JsonNode workload) {
  /** What README.md asks the operator to put into secrets. */
  static final Map<String, List<String>> SECRETS =
      Map.of(
          "augmenter-credentials", credentials(),
          "labeler-credentials", credentials(),
          "trainer-credentials", credentials(),
          "page-credentials", credentials(),
          "topics-credentials", credentials(),
          "management-credentials", List.of("MANAGEMENT_USERNAME", "MANAGEMENT_PASSWORD"),
          "management-certificate", List.of("tls.crt", "tls.key"),
          "authorities", List.of("ca.crt"),
          "store-credentials", List.of("access-key", "secret-key"),
          "pictures-credentials", List.of("access-key", "secret-key"));

  private static final String CONFIG = "--config=";
  private static final Pattern REFERENCE = Pattern.compile("\\$\\(([A-Z_]+)\\)");
  private static final Pattern LABEL = Pattern.compile("metadata\\.labels\\['(.+)']");

  /**
   * Reads them as the process does.
   *
   * @param directory where the files are written to
   */
  <C extends Record> C load(Class<C> type, Path directory) throws IOException {
    List<Path> files = new ArrayList<>();
    for (String file : files()) {
      Path written = directory.resolve(files.size() + ".yaml");
      files.add(Files.writeString(written, text(Path.of(file))));
    }
    return YamlSettings.read(files, type, environment()).config();
  }

  /** The settings files in its arguments. */
  private List<String> files() {
    return list(container(workload).path("args")).stream()
        .map(JsonNode::asText)
        .filter(argument -> argument.startsWith(CONFIG))
        .map(argument -> argument.substring(CONFIG.length()))
        .toList();
  }

  /** What its container finds in its environment; of a secret, every key has its name as value. */
  Map<String, String> environment() {
    Map<String, String> environment = new HashMap<>();
    for (JsonNode from : container(workload).path("envFrom")) {
      if (from.has("configMapRef")) {
        manifests
            .one("ConfigMap", from.at("/configMapRef/name").asText())
            .path("data")
            .properties()
            .forEach(entry -> environment.put(entry.getKey(), entry.getValue().asText()));
      } else {
        SECRETS.get(from.at("/secretRef/name").asText()).forEach(key -> environment.put(key, key));
      }
    }
    for (JsonNode variable : container(workload).path("env")) {
      environment.put(variable.path("name").asText(), value(variable, environment));
    }
    return environment;
  }

  /** As the kubelet does it: references to what stands before are replaced. */
  private String value(JsonNode variable, Map<String, String> before) {
    if (variable.has("value")) {
      return REFERENCE
          .matcher(variable.path("value").asText())
          .replaceAll(reference -> before.getOrDefault(reference.group(1), reference.group()));
    }
    String field = variable.at("/valueFrom/fieldRef/fieldPath").asText();
    return switch (field) {
      case "metadata.name" -> name(workload) + "-0";
      case "metadata.namespace" -> workload.at("/metadata/namespace").asText();
      default -> {
        String label =
            LABEL.matcher(field).results().map(result -> result.group(1)).findFirst().orElseThrow();
        yield template(workload).path("metadata").path("labels").path(label).asText();
      }
    };
  }

  private String text(Path file) {
    String volume =
        list(container(workload).path("volumeMounts")).stream()
            .filter(mount -> file.getParent().equals(Path.of(mount.path("mountPath").asText())))
            .map(mount -> mount.path("name").asText())
            .findFirst()
            .orElseThrow(() -> new AssertionError("nothing is mounted for " + file));
    String map =
        list(pod(workload).path("volumes")).stream()
            .filter(each -> each.path("name").asText().equals(volume))
            .map(each -> each.at("/configMap/name").asText())
            .findFirst()
            .orElseThrow();
    JsonNode text =
        manifests.one("ConfigMap", map).path("data").path(file.getFileName().toString());
    if (text.isMissingNode()) {
      throw new AssertionError("ConfigMap " + map + " has no " + file.getFileName());
    }
    return text.asText();
  }

  private static List<String> credentials() {
    return List.of("KAFKA_USERNAME", "KAFKA_PASSWORD", "REGISTRY_USER_INFO");
  }
}
