package io.stillstream.schemas.registry;

import static org.apache.kafka.common.config.ConfigDef.Range.atLeast;

import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.config.AbstractConfig;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigDef.Importance;
import org.apache.kafka.common.config.ConfigException;

/**
 * Settings of serializer and deserializer. All names but {@code stillstream.*} are Confluent's;
 * each may have the prefix {@code schema.registry.}, as there. Other keys are ignored.
 */
public final class SerdeConfig extends AbstractConfig {
  static final String URL = "schema.registry.url";
  static final String AUTO_REGISTER = "auto.register.schemas";
  static final String USE_LATEST = "use.latest.version";
  static final String LATEST_STRICT = "latest.compatibility.strict";
  static final String NORMALIZE = "normalize.schemas";
  public static final String SPECIFIC_READER = "specific.avro.reader";
  static final String KEY_STRATEGY = "key.subject.name.strategy";
  static final String VALUE_STRATEGY = "value.subject.name.strategy";
  static final String BASIC_SOURCE = "basic.auth.credentials.source";
  static final String USER_INFO = "basic.auth.user.info";
  static final String BEARER_SOURCE = "bearer.auth.credentials.source";
  static final String BEARER_TOKEN = "bearer.auth.token";
  static final String CONNECT_TIMEOUT = "http.connect.timeout.ms";
  static final String READ_TIMEOUT = "http.read.timeout.ms";
  static final String MAX_RETRIES = "max.retries";
  static final String RETRIES_WAIT = "retries.wait.ms";
  static final String RETRIES_MAX_WAIT = "retries.max.wait.ms";
  static final String PROXY_HOST = "proxy.host";
  static final String PROXY_PORT = "proxy.port";
  static final String UNKNOWN_ID_TIMEOUT = "stillstream.unknown.id.timeout.ms";
  static final String DATA_LOSS = "stillstream.registry.data.loss";
  static final String WAIT = "wait";

  private static final String PREFIX = "schema.registry.";

  private static final ConfigDef DEFINITION =
      new ConfigDef()
          .define(
              URL,
              ConfigDef.Type.LIST,
              ConfigDef.NO_DEFAULT_VALUE,
              Importance.HIGH,
              "Base URLs of the registry, comma-separated; the first that answers is used.")
          .define(
              AUTO_REGISTER,
              ConfigDef.Type.BOOLEAN,
              true,
              Importance.MEDIUM,
              "Register unseen schemas.")
          .define(
              USE_LATEST,
              ConfigDef.Type.BOOLEAN,
              false,
              Importance.MEDIUM,
              "Without auto.register.schemas: write with the subject's latest schema.")
          .define(
              LATEST_STRICT,
              ConfigDef.Type.BOOLEAN,
              true,
              Importance.LOW,
              "Refuse a latest schema that cannot read what the object's own schema writes.")
          .define(
              NORMALIZE,
              ConfigDef.Type.BOOLEAN,
              false,
              Importance.LOW,
              "Have the registry normalise.")
          .define(
              SPECIFIC_READER,
              ConfigDef.Type.BOOLEAN,
              false,
              Importance.MEDIUM,
              "Read into generated classes instead of generic records.")
          .define(KEY_STRATEGY, ConfigDef.Type.STRING, "", Importance.LOW, "Subject of keys.")
          .define(VALUE_STRATEGY, ConfigDef.Type.STRING, "", Importance.LOW, "Subject of values.")
          .define(
              BASIC_SOURCE,
              ConfigDef.Type.STRING,
              "URL",
              Importance.MEDIUM,
              "Where the user comes from.")
          .define(USER_INFO, ConfigDef.Type.PASSWORD, "", Importance.MEDIUM, "user:password.")
          .define(
              BEARER_SOURCE,
              ConfigDef.Type.STRING,
              "",
              Importance.MEDIUM,
              "STATIC_TOKEN or nothing.")
          .define(BEARER_TOKEN, ConfigDef.Type.PASSWORD, "", Importance.MEDIUM, "The static token.")
          .define(
              CONNECT_TIMEOUT,
              ConfigDef.Type.INT,
              60_000,
              atLeast(1),
              Importance.LOW,
              "Milliseconds.")
          .define(
              READ_TIMEOUT, ConfigDef.Type.INT, 60_000, atLeast(1), Importance.LOW, "Milliseconds.")
          .define(
              MAX_RETRIES,
              ConfigDef.Type.INT,
              3,
              atLeast(0),
              Importance.LOW,
              "Retries after a failure.")
          .define(
              RETRIES_WAIT, ConfigDef.Type.INT, 1_000, atLeast(0), Importance.LOW, "Milliseconds.")
          .define(
              RETRIES_MAX_WAIT,
              ConfigDef.Type.INT,
              20_000,
              atLeast(0),
              Importance.LOW,
              "Milliseconds.")
          .define(PROXY_HOST, ConfigDef.Type.STRING, "", Importance.LOW, "HTTP proxy.")
          .define(PROXY_PORT, ConfigDef.Type.INT, -1, Importance.LOW, "Port of the proxy.")
          .define(
              UNKNOWN_ID_TIMEOUT,
              ConfigDef.Type.LONG,
              10_000L,
              atLeast(-1),
              Importance.LOW,
              "How long an id that the registry does not know may still appear; -1 for ever.")
          .define(
              DATA_LOSS,
              ConfigDef.Type.STRING,
              WAIT,
              ConfigDef.ValidString.in(WAIT, "ignore"),
              Importance.LOW,
              "What a registry that has lost its data is to a record that cannot be read.");

  private SerdeConfig(Map<String, Object> originals) {
    super(DEFINITION, originals, false);
  }

  public static SerdeConfig of(Map<String, ?> settings) {
    Map<String, Object> own = new HashMap<>(settings);
    for (String name : DEFINITION.names()) {
      Object prefixed = settings.get(PREFIX + name);
      if (prefixed != null) {
        own.put(name, prefixed);
      }
      // Kafka passes classes if a program has set them.
      if (own.get(name) instanceof Class<?> type) {
        own.put(name, type.getName());
      }
    }
    SerdeConfig config = new SerdeConfig(own);
    if (config.getList(URL).isEmpty()) {
      throw new ConfigException(URL, "", "needs at least one URL");
    }
    return config;
  }

  List<String> urls() {
    return getList(URL);
  }

  public SubjectStrategy strategy(boolean isKey) {
    String key = isKey ? KEY_STRATEGY : VALUE_STRATEGY;
    return SubjectStrategy.of(key, getString(key));
  }

  Duration millis(String key) {
    return Duration.ofMillis(getInt(key));
  }

  public Duration unknownIdTimeout() {
    return Duration.ofMillis(getLong(UNKNOWN_ID_TIMEOUT));
  }

  /** Whether a registry that has lost its data is waited for. */
  public boolean waitsForData() {
    return getString(DATA_LOSS).equals(WAIT);
  }

  /**
   * The TLS settings of the registry, by Kafka's names: those with the prefix {@code
   * schema.registry.}.
   */
  Map<String, Object> tls() {
    Map<String, Object> tls = originalsWithPrefix(PREFIX);
    tls.keySet().removeIf(key -> !key.startsWith("ssl."));
    return tls;
  }
}
