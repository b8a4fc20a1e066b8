package io.stillstream.local.option;

import io.stillstream.runtime.config.SecretFile;
import io.stillstream.runtime.config.StartupException;
import io.stillstream.runtime.http.client.ManagementAddress;
import java.net.URI;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import picocli.CommandLine.Option;
import picocli.CommandLine.ScopeType;

/** Options of a command that say where a trainer's management port is. */
public final class TrainerOptions {
  private static final String USER = "MANAGEMENT_USERNAME";
  private static final String PASSWORD = "MANAGEMENT_PASSWORD";

  @Option(
      names = "--url",
      scope = ScopeType.INHERIT,
      paramLabel = "URL",
      description = "The trainer's management port, such as https://trainer:9403, and no files.")
  private Optional<URI> url = Optional.empty();

  @Option(
      names = "--user",
      scope = ScopeType.INHERIT,
      paramLabel = "NAME",
      description = "Of the trainer's management.basic; default: $" + USER + ".")
  private Optional<String> user = Optional.empty();

  @Option(
      names = "--password-file",
      scope = ScopeType.INHERIT,
      paramLabel = "FILE",
      description = "Holds the password of --user; default: $" + PASSWORD + ".")
  private Optional<Path> passwordFile = Optional.empty();

  @Option(
      names = "--cacert",
      scope = ScopeType.INHERIT,
      paramLabel = "FILE",
      description = "PEM file of the authorities to trust, instead of Java's.")
  private Optional<Path> certificates = Optional.empty();

  /**
   * The address; empty without {@code --url}.
   *
   * @throws StartupException naming the option that cannot be used
   */
  public Optional<ManagementAddress> address(Map<String, String> environment) {
    if (url.isEmpty()) {
      if (user.isPresent() || passwordFile.isPresent() || certificates.isPresent()) {
        throw new StartupException("--user, --password-file and --cacert are for --url");
      }
      return Optional.empty();
    }
    Optional<String> name = user.or(() -> variable(environment, USER));
    Optional<String> password = name.map(who -> password(who, environment));
    try {
      return Optional.of(new ManagementAddress(url.get(), name, password, certificates));
    } catch (IllegalArgumentException e) {
      throw new StartupException("--" + e.getMessage(), e);
    }
  }

  private String password(String who, Map<String, String> environment) {
    try {
      return passwordFile
          .map(file -> SecretFile.read(file.toString()))
          .or(() -> variable(environment, PASSWORD))
          .orElseThrow(
              () ->
                  new StartupException(
                      "say the password of user " + who + ": --password-file or $" + PASSWORD));
    } catch (IllegalArgumentException e) {
      throw new StartupException("--password-file: " + e.getMessage(), e);
    }
  }

  private static Optional<String> variable(Map<String, String> environment, String name) {
    return Optional.ofNullable(environment.get(name)).filter(value -> !value.isEmpty());
  }
}
