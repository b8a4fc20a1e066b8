package io.stillstream.schemas.registry;

import static org.apache.kafka.common.config.ConfigDef.Importance.HIGH;
import static org.apache.kafka.common.config.ConfigDef.Importance.LOW;
import static org.apache.kafka.common.config.ConfigDef.Importance.MEDIUM;
import static org.apache.kafka.common.config.ConfigDef.NO_DEFAULT_VALUE;
import static org.apache.kafka.common.config.ConfigDef.Range.atLeast;
import static org.apache.kafka.common.config.ConfigDef.Type.BOOLEAN;
import static org.apache.kafka.common.config.ConfigDef.Type.INT;
import static org.apache.kafka.common.config.ConfigDef.Type.LIST;
import static org.apache.kafka.common.config.ConfigDef.Type.LONG;
import static org.apache.kafka.common.config.ConfigDef.Type.PASSWORD;
import static org.apache.kafka.common.config.ConfigDef.Type.STRING;

import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.config.AbstractConfig;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigDef.ValidString;
import org.apache.kafka.common.config.ConfigException;

/**
 * Settings of serializer and deserializer. All names but {@code stillstream.*} are Confluent's;
 * each may have the prefix {@code schema.registry.}, as there. Other keys are ignored. {@code
 * docs/settings.md} describes them.
 */
public final class SerdeConfig extends AbstractConfig {
  static final String URL = "schema.registry.url";
  public static final String AUTO_REGISTER = "auto.register.schemas";
  static final String USE_LATEST = "use.latest.version";
  static final String LATEST_STRICT = "latest.compatibility.strict";
  public static final String NORMALIZE = "normalize.schemas";
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
          .define(URL, LIST, NO_DEFAULT_VALUE, HIGH, "URLs; the first that answers.")
          .define(AUTO_REGISTER, BOOLEAN, true, MEDIUM, "Register unseen schemas.")
          .define(USE_LATEST, BOOLEAN, false, MEDIUM, "Write with the latest schema.")
          .define(LATEST_STRICT, BOOLEAN, true, LOW, "Refuse an incompatible latest schema.")
          .define(NORMALIZE, BOOLEAN, false, LOW, "Have the registry normalise.")
          .define(SPECIFIC_READER, BOOLEAN, false, MEDIUM, "Read into generated classes.")
          .define(KEY_STRATEGY, STRING, "", LOW, "Subject of keys.")
          .define(VALUE_STRATEGY, STRING, "", LOW, "Subject of values.")
          .define(BASIC_SOURCE, STRING, "URL", MEDIUM, "Where the user comes from.")
          .define(USER_INFO, PASSWORD, "", MEDIUM, "user:password.")
          .define(BEARER_SOURCE, STRING, "", MEDIUM, "STATIC_TOKEN, or empty.")
          .define(BEARER_TOKEN, PASSWORD, "", MEDIUM, "The static token.")
          .define(CONNECT_TIMEOUT, INT, 60_000, atLeast(1), LOW, "Milliseconds.")
          .define(READ_TIMEOUT, INT, 60_000, atLeast(1), LOW, "Milliseconds.")
          .define(MAX_RETRIES, INT, 3, atLeast(0), LOW, "Retries after a failure.")
          .define(RETRIES_WAIT, INT, 1_000, atLeast(0), LOW, "Milliseconds.")
          .define(RETRIES_MAX_WAIT, INT, 20_000, atLeast(0), LOW, "Milliseconds.")
          .define(PROXY_HOST, STRING, "", LOW, "HTTP proxy.")
          .define(PROXY_PORT, INT, -1, LOW, "Port of the proxy.")
          .define(
              UNKNOWN_ID_TIMEOUT, LONG, 10_000L, atLeast(-1), LOW, "Milliseconds; -1: no limit.")
          .define(
              DATA_LOSS,
              STRING,
              WAIT,
              ValidString.in(WAIT, "ignore"),
              LOW,
              "If the registry lost data.");

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
