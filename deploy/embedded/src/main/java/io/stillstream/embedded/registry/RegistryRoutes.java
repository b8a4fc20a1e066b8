package io.stillstream.embedded.registry;

import io.stillstream.embedded.registry.RegistryState.Version;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Which request asks for what: the part of Confluent's REST API that Avro clients use. Answers are
 * plain maps, lists, strings and numbers, to be written as JSON.
 */
final class RegistryRoutes {
  /** An answer that is JSON text already and is sent as it is. */
  record RawJson(String json) {}

  private RegistryRoutes() {}

  static Object answer(RegistryRequest request, SubjectStore store) {
    List<String> path = request.path();
    String resource = path.isEmpty() ? "" : path.get(0);
    return switch (resource) {
      case "" -> Map.of();
      case "subjects" -> subjects(request, store);
      case "schemas" -> schemas(request, store);
      case "config" -> config(request, store);
      case "compatibility" -> compatibility(request, store);
      case "mode" -> mode(request);
      default -> throw unknown(request);
    };
  }

  private static Object subjects(RegistryRequest request, SubjectStore store) {
    List<String> path = request.path();
    boolean deleted = request.flag("deleted");
    boolean permanent = request.flag("permanent");
    String subject = path.size() > 1 ? path.get(1) : "";
    String shape = request.method() + " " + path.size();
    boolean versions = path.size() > 2 && path.get(2).equals("versions");
    if (path.size() > 2 && !versions) {
      throw unknown(request);
    }
    return switch (shape) {
      case "GET 1" -> store.subjects(deleted);
      case "POST 2" -> {
        Version found = store.lookUp(subject, request.schema(), deleted);
        yield described(subject, found, store);
      }
      case "DELETE 2" -> store.delete(subject, permanent);
      case "GET 3" -> store.versions(subject, deleted);
      case "POST 3" -> Map.of("id", store.register(subject, request.schema()));
      case "GET 4" -> described(subject, store.version(subject, path.get(3), deleted), store);
      case "DELETE 4" -> store.deleteVersion(subject, path.get(3), permanent);
      case "GET 5" -> {
        if (!path.get(4).equals("schema")) {
          throw unknown(request);
        }
        yield new RawJson(store.schema(store.version(subject, path.get(3), deleted).id()));
      }
      default -> throw unknown(request);
    };
  }

  private static Map<String, Object> described(String subject, Version v, SubjectStore store) {
    Map<String, Object> answer = new LinkedHashMap<>();
    answer.put("subject", subject);
    answer.put("version", v.version());
    answer.put("id", v.id());
    answer.put("schema", store.schema(v.id()));
    return answer;
  }

  private static Object schemas(RegistryRequest request, SubjectStore store) {
    List<String> path = request.path();
    requireMethod(request, "GET");
    if (path.equals(List.of("schemas", "types"))) {
      return List.of("AVRO");
    }
    if (path.size() < 3 || path.size() > 4 || !path.get(1).equals("ids")) {
      throw unknown(request);
    }
    int id = id(path.get(2));
    return switch (path.size() == 3 ? "" : path.get(3)) {
      case "" ->
          request.flag("fetchMaxId")
              ? Map.of("schema", store.schema(id), "maxId", store.maxId())
              : Map.of("schema", store.schema(id));
      case "schema" -> new RawJson(store.schema(id));
      case "subjects" -> new ArrayList<>(store.uses(id).keySet());
      case "versions" ->
          store.uses(id).entrySet().stream()
              .map(use -> Map.of("subject", use.getKey(), "version", use.getValue()))
              .toList();
      default -> throw unknown(request);
    };
  }

  private static Object config(RegistryRequest request, SubjectStore store) {
    List<String> path = request.path();
    if (path.size() > 2) {
      throw unknown(request);
    }
    boolean global = path.size() == 1;
    if (request.method().equals("PUT")) {
      CompatibilityLevel level =
          CompatibilityLevel.of(request.body().path("compatibility").asText());
      if (global) {
        store.globalLevel(level);
      } else {
        store.level(path.get(1), level);
      }
      return Map.of("compatibility", level.name());
    }
    requireMethod(request, "GET");
    CompatibilityLevel level =
        global ? store.globalLevel() : store.level(path.get(1), request.flag("defaultToGlobal"));
    return Map.of("compatibilityLevel", level.name());
  }

  private static Object compatibility(RegistryRequest request, SubjectStore store) {
    List<String> path = request.path();
    boolean known =
        (path.size() == 4 || path.size() == 5)
            && path.get(1).equals("subjects")
            && path.get(3).equals("versions");
    if (!known) {
      throw unknown(request);
    }
    requireMethod(request, "POST");
    String version = path.size() == 5 ? path.get(4) : null;
    return Map.of("is_compatible", store.compatible(path.get(2), version, request.schema()));
  }

  private static Object mode(RegistryRequest request) {
    requireMethod(request, "GET");
    return Map.of("mode", "READWRITE");
  }

  private static int id(String text) {
    try {
      return Integer.parseInt(text);
    } catch (NumberFormatException e) {
      throw RegistryException.noSchema();
    }
  }

  private static void requireMethod(RegistryRequest request, String method) {
    if (!request.method().equals(method)) {
      throw new RegistryException(405, "HTTP 405 Method Not Allowed");
    }
  }

  private static RegistryException unknown(RegistryRequest request) {
    return new RegistryException(
        404, "HTTP 404 Not Found: " + request.method() + " /" + String.join("/", request.path()));
  }
}
