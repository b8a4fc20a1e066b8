package io.stillstream.runtime.config;

import java.util.Locale;
import java.util.regex.Pattern;

/** Decides what must not be printed. */
public final class SecretRedactor {
  static final String MASK = "***";
  private static final Pattern KEY =
      Pattern.compile(
          "password|secret|token|jaas|credentials|authorization|user\\.info|user-info|key"
              + "|(otlp|openlineage)\\.headers");

  /**
   * To the last "@" before a comma, which parts URLs: a password may hold what should have been
   * encoded, even a slash; or, with a comma in it, to the last before a slash.
   */
  private static final Pattern USER_INFO = Pattern.compile("://(?:[^,\\s]*|[^/\\s]*)@");

  private SecretRedactor() {}

  public static boolean isSecret(String key) {
    return KEY.matcher(key.toLowerCase(Locale.ROOT)).find();
  }

  /** The value as it may be shown: nothing of a secret, and no user info of a URL. */
  public static String redact(String key, String value) {
    return isSecret(key) ? MASK : USER_INFO.matcher(value).replaceAll("://" + MASK + "@");
  }
}
