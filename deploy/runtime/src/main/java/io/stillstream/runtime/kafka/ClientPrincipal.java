package io.stillstream.runtime.kafka;

import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Who a client is to the brokers, as far as its settings tell. */
public final class ClientPrincipal {
  private static final Pattern USER =
      Pattern.compile("\\busername\\s*=\\s*(?:\"([^\"]*)\"|'([^']*)'|([^\\s;\"']+))");

  private ClientPrincipal() {}

  /**
   * {@code User:NAME} of a client with a user name. Brokers make that of a certificate, by rules of
   * their own, so it is not known here.
   */
  public static Optional<String> in(Map<String, ?> kafka) {
    Object jaas = kafka.get("sasl.jaas.config");
    boolean sasl =
        String.valueOf(kafka.get("security.protocol")).toUpperCase(Locale.ROOT).startsWith("SASL");
    if (!sasl || jaas == null) {
      return Optional.empty();
    }
    Matcher user = USER.matcher(jaas.toString());
    if (!user.find()) {
      return Optional.empty();
    }
    for (int group = 1; group <= user.groupCount(); group++) {
      if (user.group(group) != null) {
        return Optional.of("User:" + user.group(group));
      }
    }
    return Optional.empty();
  }

  /** The same in words, for messages. */
  public static String describe(Map<String, ?> kafka) {
    return in(kafka).orElse("this client's principal");
  }
}
