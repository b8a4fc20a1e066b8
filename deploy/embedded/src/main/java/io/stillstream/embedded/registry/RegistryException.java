package io.stillstream.embedded.registry;

/** A request that the registry refuses, with the status and the error code that clients know. */
final class RegistryException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final int status;
  private final int code;

  /**
   * @param code Confluent's error code; its first three digits are the HTTP status
   */
  RegistryException(int code, String message) {
    super(message);
    this.code = code;
    this.status = code < 1000 ? code : code / 100;
  }

  int status() {
    return status;
  }

  int code() {
    return code;
  }

  static RegistryException noSubject(String subject) {
    return new RegistryException(40401, "Subject '" + subject + "' not found.");
  }

  static RegistryException noVersion(String version) {
    return new RegistryException(40402, "Version " + version + " not found.");
  }

  static RegistryException noSchema() {
    return new RegistryException(40403, "Schema not found");
  }
}
