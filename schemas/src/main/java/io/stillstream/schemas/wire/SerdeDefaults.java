package io.stillstream.schemas.wire;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Properties;

/**
 * Class names of the default serializer and deserializer, if a configuration names none. The build
 * decides: this project's, or Confluent's with profile {@code confluent}.
 */
public final class SerdeDefaults {
  private static final Properties NAMES = load();

  private SerdeDefaults() {}

  /** Class name for {@code value.serializer}. */
  public static String serializerClass() {
    return NAMES.getProperty("serializer");
  }

  /** Class name for {@code value.deserializer}. */
  public static String deserializerClass() {
    return NAMES.getProperty("deserializer");
  }

  private static Properties load() {
    Properties names = new Properties();
    try (InputStream in = SerdeDefaults.class.getResourceAsStream("serde.properties")) {
      names.load(in);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return names;
  }
}
