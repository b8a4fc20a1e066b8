package io.stillstream.schemas.registry;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.random.RandomGenerator;

/**
 * The part of a registry's REST API that says how schemas of a subject may change. Levels are
 * Confluent's: {@code NONE}, {@code BACKWARD}, {@code BACKWARD_TRANSITIVE}, {@code FORWARD} and so
 * on. Stateless. Thread-safe.
 *
 * <p>All operations throw {@link RegistryUnavailableException} when the registry is unavailable or
 * denies access, and {@link UnsupportedOperationException} when it has no such API.
 */
public final class CompatibilityClient {
  private static final ObjectMapper JSON = new ObjectMapper();

  private final RegistryTransport transport;

  private CompatibilityClient(RegistryTransport transport) {
    this.transport = transport;
  }

  /** A client with the registry's settings, which waits between its attempts with the sleeper. */
  public static CompatibilityClient of(SerdeConfig config, Sleeper sleeper) {
    return new CompatibilityClient(
        new RegistryTransport(config, Backoff.of(config, sleeper, RandomGenerator.getDefault())));
  }

  /** The level of subjects that have none of their own. */
  public String globalLevel() {
    return level(transport.get("/config"))
        .orElseThrow(() -> new UnsupportedOperationException("it does not tell its level"));
  }

  /**
   * The level of a subject of its own; empty if it has none, or the registry does not know the
   * subject. Apicurio says {@code NONE} of a subject that it knows and that has no level.
   */
  public Optional<String> level(String subject) {
    return level(transport.get(path(subject)));
  }

  /**
   * Gives a subject a level of its own.
   *
   * @return false if the registry does not know the subject, as Apicurio wants; others take a level
   *     before the first schema
   */
  public boolean setLevel(String subject, String level) {
    RegistryTransport.Response answer =
        transport.put(
            path(subject), JSON.createObjectNode().put("compatibility", level).toString());
    if (answer.status() == 200) {
      return true;
    }
    if (isOfRegistry(answer) && answer.status() == 404) {
      return false;
    }
    throw unsupported(answer);
  }

  private static Optional<String> level(RegistryTransport.Response answer) {
    if (answer.status() == 200) {
      JsonNode json = parse(answer);
      String level = json.path("compatibilityLevel").asText(json.path("compatibility").asText());
      if (!level.isEmpty()) {
        return Optional.of(level);
      }
    }
    if (isOfRegistry(answer) && answer.status() == 404) {
      return Optional.empty();
    }
    throw unsupported(answer);
  }

  /** Whether an error has the form that the registry's API gives it. */
  private static boolean isOfRegistry(RegistryTransport.Response answer) {
    return parse(answer).path("error_code").asInt() / 100 == 404;
  }

  private static UnsupportedOperationException unsupported(RegistryTransport.Response answer) {
    return new UnsupportedOperationException(answer.from() + " answered " + answer.status());
  }

  private static JsonNode parse(RegistryTransport.Response answer) {
    try {
      return JSON.readTree(answer.body());
    } catch (JsonProcessingException e) {
      return MissingNode.getInstance();
    }
  }

  private static String path(String subject) {
    return "/config/" + URLEncoder.encode(subject, StandardCharsets.UTF_8).replace("+", "%20");
  }
}
