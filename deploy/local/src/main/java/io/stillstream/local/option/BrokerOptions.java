package io.stillstream.local.option;

import io.stillstream.runtime.config.Default;
import io.stillstream.runtime.config.YamlSettings;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** Settings of clients and serializer from {@code --config}, and from the options that win. */
public final class ClientSettings {
  private ClientSettings() {}

  /** The settings file. */
  public record Config(@Default("{}") Map<String, String> kafka) {}

  /**
   * Reads them.
   *
   * @param config YAML with {@code kafka:}
   * @param bootstrapServer in place of the file's; without both, localhost:9092
   * @param schemaRegistry in place of the file's; without both, http://localhost:8081
   * @throws io.stillstream.runtime.config.StartupException naming all that is wrong in the file
   */
  public static Map<String, String> read(
      Optional<Path> config, Optional<String> bootstrapServer, Optional<String> schemaRegistry) {
    return with(
        config
            .map(file -> YamlSettings.load(file, Config.class, System.getenv()).kafka())
            .orElse(Map.of()),
        bootstrapServer,
        schemaRegistry);
  }

  /** The same for settings of a file that was read. */
  public static Map<String, String> with(
      Map<String, String> file, Optional<String> bootstrapServer, Optional<String> schemaRegistry) {
    Map<String, String> kafka = new TreeMap<>();
    kafka.put("bootstrap.servers", "localhost:9092");
    kafka.put("schema.registry.url", "http://localhost:8081");
    kafka.putAll(file);
    bootstrapServer.ifPresent(servers -> kafka.put("bootstrap.servers", servers));
    schemaRegistry.ifPresent(url -> kafka.put("schema.registry.url", url));
    return kafka;
  }
}
