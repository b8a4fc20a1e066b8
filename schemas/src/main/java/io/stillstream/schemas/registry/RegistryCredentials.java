package io.stillstream.schemas.registry;

import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import javax.security.auth.login.AppConfigurationEntry;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.common.config.SaslConfigs;
import org.apache.kafka.common.config.types.Password;
import org.apache.kafka.common.security.JaasContext;

/** The {@code Authorization} header of requests to an endpoint. */
@FunctionalInterface
interface RegistryCredentials {
  Optional<Authorization> authorization(RegistryEndpoint endpoint);

  /**
   * A header, and where it comes from.
   *
   * @param setting for messages, which must not contain the header
   */
  record Authorization(String header, String setting) {
    @Override
    public String toString() {
      return setting;
    }
  }

  /**
   * The credentials from the settings.
   *
   * @throws ConfigException when a source is unknown or incomplete
   */
  static RegistryCredentials of(SerdeConfig config) {
    String bearer = config.getString(SerdeConfig.BEARER_SOURCE).toUpperCase(Locale.ROOT);
    if (!bearer.isEmpty()) {
      return always(staticToken(config, bearer), SerdeConfig.BEARER_TOKEN);
    }
    String source = config.getString(SerdeConfig.BASIC_SOURCE).toUpperCase(Locale.ROOT);
    return switch (source) {
      case "URL" ->
          endpoint ->
              Optional.of(endpoint.userInfo())
                  .filter(u -> !u.isEmpty())
                  .map(u -> new Authorization(basic(u), "the user in " + SerdeConfig.URL));
      case "USER_INFO" -> always(basic(userInfo(config)), SerdeConfig.USER_INFO);
      case "SASL_INHERIT" -> always(basic(saslUser(config)), SaslConfigs.SASL_JAAS_CONFIG);
      default ->
          throw new ConfigException(
              SerdeConfig.BASIC_SOURCE, source, "must be URL, USER_INFO or SASL_INHERIT");
    };
  }

  private static RegistryCredentials always(String header, String setting) {
    Authorization authorization = new Authorization(header, setting);
    return endpoint -> Optional.of(authorization);
  }

  private static String basic(String userInfo) {
    return "Basic " + Base64.getEncoder().encodeToString(userInfo.getBytes(StandardCharsets.UTF_8));
  }

  private static String staticToken(SerdeConfig config, String source) {
    if (!source.equals("STATIC_TOKEN")) {
      throw new ConfigException(SerdeConfig.BEARER_SOURCE, source, "must be STATIC_TOKEN");
    }
    String token = config.getPassword(SerdeConfig.BEARER_TOKEN).value();
    if (token.isEmpty()) {
      throw new ConfigException(SerdeConfig.BEARER_TOKEN + ": must be set for STATIC_TOKEN");
    }
    return "Bearer " + token;
  }

  private static String userInfo(SerdeConfig config) {
    String userInfo = config.getPassword(SerdeConfig.USER_INFO).value();
    if (!userInfo.contains(":")) {
      throw new ConfigException(SerdeConfig.USER_INFO + ": must be user:password for USER_INFO");
    }
    return userInfo;
  }

  private static String saslUser(SerdeConfig config) {
    Map<String, Object> sasl = new HashMap<>(config.originals());
    if (sasl.get(SaslConfigs.SASL_JAAS_CONFIG) instanceof String jaas) {
      sasl.put(SaslConfigs.SASL_JAAS_CONFIG, new Password(jaas));
    }
    List<AppConfigurationEntry> entries =
        JaasContext.loadClientContext(sasl).configurationEntries();
    String user = JaasContext.configEntryOption(entries, "username", null);
    String password = JaasContext.configEntryOption(entries, "password", null);
    if (user == null || password == null) {
      throw new ConfigException(
          SaslConfigs.SASL_JAAS_CONFIG + ": must hold username and password for SASL_INHERIT");
    }
    return user + ":" + password;
  }
}
