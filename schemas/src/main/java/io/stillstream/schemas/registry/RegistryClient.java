package io.stillstream.schemas.registry;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.random.RandomGenerator;
import org.apache.avro.Schema;
import org.apache.avro.SchemaParseException;
import org.apache.kafka.common.errors.SerializationException;

/**
 * The registry's REST operations that serializer and deserializer need. Stateless. Thread-safe.
 *
 * <p>All operations throw {@link RegistryUnavailableException} when the registry is unavailable,
 * and {@link SerializationException} when it rejects the request.
 */
public final class RegistryClient {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final int CONFLICT = 409;

  /** A schema with its id. */
  public record RegisteredSchema(int id, Schema schema) {}

  private final RegistryTransport transport;

  RegistryClient(RegistryTransport transport) {
    this.transport = transport;
  }

  /** A client with the registry's settings, which waits between its attempts with the sleeper. */
  public static RegistryClient of(SerdeConfig config, Sleeper sleeper) {
    Backoff backoff = Backoff.of(config, sleeper, RandomGenerator.getDefault());
    return new RegistryClient(new RegistryTransport(config, backoff));
  }

  /** Registers the schema under the subject, or finds it there; its id. */
  public int register(String subject, Schema schema, boolean normalize) {
    String path = "/subjects/" + encode(subject) + "/versions?normalize=" + normalize;
    RegistryTransport.Response answer = transport.post(path, body(schema));
    if (answer.status() == CONFLICT) {
      // Apicurio also answers so if two clients register the first schema of a subject at the same
      // time. Then the subject exists, and an incompatible schema is rejected again.
      answer = transport.post(path, body(schema));
    }
    return id(expect(answer, "register a schema under subject " + subject));
  }

  /** The id of a schema that is already registered under the subject. */
  int lookup(String subject, Schema schema, boolean normalize) {
    RegistryTransport.Response answer =
        transport.post(
            "/subjects/" + encode(subject) + "?normalize=" + normalize + "&deleted=false",
            body(schema));
    return id(expect(answer, "find " + schema.getFullName() + " under subject " + subject));
  }

  /** The newest version under the subject. */
  RegisteredSchema latest(String subject) {
    RegistryTransport.Response answer =
        transport.get("/subjects/" + encode(subject) + "/versions/latest");
    JsonNode json = expect(answer, "find the latest version of subject " + subject);
    return new RegisteredSchema(id(json), schema(json, "subject " + subject));
  }

  /**
   * The schema with this id; empty when the registry does not know it.
   *
   * @param subject where the record's schema is expected, empty if that is not known
   */
  public Optional<Schema> byId(int id, Optional<String> subject) {
    RegistryTransport.Response answer =
        transport.get(
            "/schemas/ids/"
                + id
                + "?fetchMaxId=false"
                + subject.map(s -> "&subject=" + encode(s)).orElse(""));
    if (answer.status() == 404 && errorCode(answer) / 100 == 404) {
      return Optional.empty();
    }
    return Optional.of(schema(expect(answer, "find schema id " + id), "schema id " + id));
  }

  /** Whether anything is registered under the subject. */
  public boolean hasVersions(String subject) {
    RegistryTransport.Response answer = transport.get("/subjects/" + encode(subject) + "/versions");
    return !list(answer, "list the versions of subject " + subject).isEmpty();
  }

  /** All subjects. */
  public List<String> subjects() {
    return list(transport.get("/subjects"), "list its subjects");
  }

  /** Texts and numbers as text; empty where there is no such thing. */
  private static List<String> list(RegistryTransport.Response answer, String what) {
    if (answer.status() == 404 && errorCode(answer) / 100 == 404) {
      return List.of();
    }
    JsonNode json = parse(answer);
    if (answer.status() != 200 || !json.isArray()) {
      throw new RegistryUnavailableException(
          "Registry did not " + what + ": " + answer.from() + " answered " + answer.status());
    }
    List<String> list = new ArrayList<>();
    json.forEach(item -> list.add(item.asText()));
    return list;
  }

  private Schema schema(JsonNode json, String what) {
    String type = json.path("schemaType").asText("AVRO");
    if (!type.equals("AVRO")) {
      throw new SerializationException("Registry: " + what + " is " + type + ", not AVRO");
    }
    try {
      Schema.Parser parser = new Schema.Parser();
      // Schemas that others have registered are read as they are.
      parser.setValidateDefaults(false);
      addReferences(parser, json);
      return parser.parse(json.path("schema").asText());
    } catch (SchemaParseException e) {
      throw new SerializationException(
          "Registry: " + what + " is not a schema that Avro can parse", e);
    }
  }

  /** Parses the referenced schemas first, depth first, so that the parser knows their names. */
  private void addReferences(Schema.Parser parser, JsonNode json) {
    for (JsonNode reference : json.path("references")) {
      if (parser.getTypes().containsKey(reference.path("name").asText())) {
        continue;
      }
      String subject = reference.path("subject").asText();
      String path =
          "/subjects/"
              + encode(subject)
              + "/versions/"
              + reference.path("version").asInt()
              + "?deleted=true";
      JsonNode referred = expect(transport.get(path), "find the referenced subject " + subject);
      addReferences(parser, referred);
      parser.parse(referred.path("schema").asText());
    }
  }

  private static JsonNode expect(RegistryTransport.Response answer, String what) {
    if (answer.status() == 200) {
      JsonNode json = parse(answer);
      if (json.isObject()) {
        return json;
      }
    }
    if (answer.status() / 100 == 4 && parse(answer).path("error_code").isInt()) {
      throw new SerializationException(
          "Registry refused to "
              + what
              + ": "
              + errorCode(answer)
              + " "
              + parse(answer).path("message").asText());
    }
    // From a proxy or another server: the answer does not have the form of the registry.
    throw new RegistryUnavailableException(
        "Registry did not "
            + what
            + ": "
            + answer.from()
            + " answered "
            + answer.status()
            + " without an error of the registry");
  }

  private static int id(JsonNode json) {
    if (!json.path("id").isInt()) {
      throw new RegistryUnavailableException("Registry answered without an id");
    }
    return json.path("id").intValue();
  }

  private static int errorCode(RegistryTransport.Response answer) {
    return parse(answer).path("error_code").asInt();
  }

  private static JsonNode parse(RegistryTransport.Response answer) {
    try {
      return JSON.readTree(answer.body());
    } catch (JsonProcessingException e) {
      return MissingNode.getInstance();
    }
  }

  private static String body(Schema schema) {
    return JSON.createObjectNode().put("schema", schema.toString()).toString();
  }

  private static String encode(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
  }
}
