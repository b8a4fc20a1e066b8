package io.stillstream.local.version;

import io.stillstream.runtime.config.Shorthand;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * The keys that a record of settings has, as a file names them: {@code batch.max-size}, with {@code
 * []} behind a list and {@code .*} for keys of one's own.
 */
final class SettingKeys {
  private final Set<String> keys = new TreeSet<>();

  private SettingKeys() {}

  static Set<String> of(Class<?> settings) {
    SettingKeys found = new SettingKeys();
    found.walk("", settings);
    return found.keys;
  }

  private void walk(String path, Type type) {
    if (type instanceof ParameterizedType generic) {
      Type[] arguments = generic.getActualTypeArguments();
      if (generic.getRawType() == Optional.class) {
        walk(path, arguments[0]);
      } else if (generic.getRawType() == List.class) {
        walk(path + "[]", arguments[0]);
      } else if (generic.getRawType() == Map.class) {
        walk(path + ".*", arguments[1]);
      } else {
        throw new IllegalStateException(path + " is of " + type);
      }
    } else if (type instanceof Class<?> plain && plain.isRecord()) {
      if (plain.isAnnotationPresent(Shorthand.class)) {
        keys.add(path);
      }
      for (RecordComponent component : plain.getRecordComponents()) {
        String key =
            component.getName().replaceAll("([a-z0-9])([A-Z])", "$1-$2").toLowerCase(Locale.ROOT);
        walk(path.isEmpty() ? key : path + "." + key, component.getGenericType());
      }
    } else {
      keys.add(path);
    }
  }
}
