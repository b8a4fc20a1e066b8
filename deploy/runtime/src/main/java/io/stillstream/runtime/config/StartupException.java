package io.stillstream.runtime.config;

/**
 * A start that cannot succeed as configured. The message is shown to the operator as it is, without
 * a stack trace: it names the key, the rule and the value. The process ends with code 2.
 */
public final class StartupException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public StartupException(String message) {
    super(message);
  }

  public StartupException(String message, Throwable cause) {
    super(message, cause);
  }
}
