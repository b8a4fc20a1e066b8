package io.stillstream.runtime.config;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * Reads what a command needs of settings files that may be those of a service. Keys at the top that
 * a service has, and the command does not, are left unread: nothing below them is checked, and no
 * variable there need be set. A key that neither has is refused.
 */
public final class PartialSettings {
  private final Set<String> keys;

  /**
   * @param services settings of the services
   */
  public PartialSettings(List<Class<? extends Record>> services) {
    this.keys =
        services.stream()
            .flatMap(service -> keys(service).stream())
            .collect(Collectors.toUnmodifiableSet());
  }

  /**
   * Reads several files as one, as {@link YamlSettings#read(List, Class, Map)} does.
   *
   * @param files at least one
   * @param type the settings of the command
   * @param unneeded keys that the command knows and does not need now: they may be a service's own
   * @throws StartupException with every error, each as "key: rule, was value"
   */
  public <C extends Record> C load(
      List<Path> files, Class<C> type, Set<String> unneeded, Map<String, String> environment) {
    Set<String> unread = new TreeSet<>(keys);
    unread.removeAll(keys(type));
    unread.addAll(unneeded);
    return YamlSettings.read(files, type, unread, environment).config();
  }

  private static Set<String> keys(Class<? extends Record> type) {
    return Arrays.stream(type.getRecordComponents())
        .map(RecordBinder::key)
        .collect(Collectors.toSet());
  }
}
