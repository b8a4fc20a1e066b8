package io.stillstream.schemas.wire;

import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.avro.Conversion;
import org.apache.avro.Schema;
import org.apache.avro.specific.AvroGenerated;
import org.apache.avro.specific.SpecificData;

/**
 * Avro's model of generated classes, with two differences. It finds and trusts classes that Avro
 * has generated and no others, so that users need not list trusted packages in a system property of
 * the whole JVM. And it reads without Avro's fast reader, which boxes every element of an array.
 */
final class GeneratedData extends SpecificData {
  private final Map<String, Optional<Class<?>>> classes = new ConcurrentHashMap<>();

  private GeneratedData() {
    super(GeneratedData.class.getClassLoader());
    setFastReaderEnabled(false);
  }

  /**
   * A model for a record that has a generated class, with the conversions that the class requires.
   */
  static GeneratedData of(Class<?> type) {
    GeneratedData data = new GeneratedData();
    for (Conversion<?> conversion : SpecificData.getForClass(type).getConversions()) {
      data.addLogicalTypeConversion(conversion);
    }
    return data;
  }

  /** The class generated for a record, enum or fixed; empty when there is none. */
  static Optional<Class<?>> find(String name) {
    return load(name, GeneratedData.class.getClassLoader())
        .or(() -> load(name, Thread.currentThread().getContextClassLoader()));
  }

  private static Optional<Class<?>> load(String name, ClassLoader loader) {
    if (loader == null) {
      return Optional.empty();
    }
    try {
      Class<?> type = Class.forName(name, false, loader);
      return type.isAnnotationPresent(AvroGenerated.class) ? Optional.of(type) : Optional.empty();
    } catch (ClassNotFoundException e) {
      return Optional.empty();
    }
  }

  @Override
  @SuppressWarnings("rawtypes")
  public Class getClass(Schema schema) {
    return switch (schema.getType()) {
      case RECORD, ENUM, FIXED ->
          classes.computeIfAbsent(schema.getFullName(), GeneratedData::find).orElse(null);
      default -> super.getClass(schema);
    };
  }
}
