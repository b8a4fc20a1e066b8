package io.stillstream.runtime;

/** Where the management endpoint listens; port 0 takes any free port. */
public record ManagementSettings(@Default("0.0.0.0") String host, @Default("9400") int port) {
  public ManagementSettings {
    if (host.isBlank()) {
      throw new IllegalArgumentException("host must not be empty");
    }
    if (port < 0 || port > 65535) {
      throw new IllegalArgumentException("port must be within 0 and 65535, was " + port);
    }
  }
}
