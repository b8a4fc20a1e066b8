package io.stillstream.schemas;

import static org.assertj.core.api.Assertions.assertThat;

import io.stillstream.schemas.registry.FakeRegistry;
import io.stillstream.schemas.wire.AvroDeserializer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericDatumReader;
import org.apache.avro.generic.GenericRecord;
import org.apache.avro.io.DecoderFactory;
import org.apache.avro.io.EncoderFactory;
import org.apache.avro.specific.SpecificDatumWriter;
import org.apache.avro.specific.SpecificRecord;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Records as earlier versions wrote them, read by this one. */
final class FrozenRecordTest {
  private static final int ID = 5;

  static Stream<Path> schemas() throws IOException {
    return files(Path.of("src/test/resources/frozen"), ".avsc").stream();
  }

  @ParameterizedTest
  @MethodSource("schemas")
  void shouldHaveAValueForEveryFieldThatHasADefault(Path avsc) throws IOException {
    // given
    Schema schema = schema(avsc);
    Set<String> defaults = new TreeSet<>();
    Set<String> values = new TreeSet<>();

    // when
    for (Path file : records(avsc)) {
      compareWithDefaults(generic(Files.readAllBytes(file), schema, schema), defaults, values);
    }

    // then: a lost value cannot look like a default
    assertThat(records(avsc)).contains(avsc.resolveSibling(version(avsc) + ".bin"));
    defaults.removeAll(values);
    assertThat(defaults).as("fields of %s that are never other than their default", avsc).isEmpty();
  }

  @ParameterizedTest
  @MethodSource("schemas")
  void shouldReadEveryFieldOfAnEarlierVersion(Path avsc) throws IOException {
    // given
    Schema written = schema(avsc);
    for (Path file : records(avsc)) {
      byte[] bytes = Files.readAllBytes(file);

      // when
      SpecificRecord read = read(written, bytes);

      // then: a reader of that version finds the same in it, under the same names
      assertThat(read.getClass().getName()).isEqualTo(written.getFullName());
      assertThat(generic(bytes(read), read.getSchema(), written))
          .as(file.toString())
          .isEqualTo(generic(bytes, written, written));
    }
  }

  private static SpecificRecord read(Schema written, byte[] record) {
    try (FakeRegistry registry = FakeRegistry.start();
        AvroDeserializer deserializer = new AvroDeserializer()) {
      registry.schema(ID, written.toString());
      deserializer.configure(
          Map.of("schema.registry.url", registry.url(), "specific.avro.reader", "true"), false);
      byte[] wire =
          ByteBuffer.allocate(5 + record.length).put((byte) 0).putInt(ID).put(record).array();
      return (SpecificRecord) deserializer.deserialize("t", wire);
    }
  }

  private static byte[] bytes(SpecificRecord record) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    new SpecificDatumWriter<>(record.getSchema())
        .write(record, EncoderFactory.get().directBinaryEncoder(out, null));
    return out.toByteArray();
  }

  private static GenericRecord generic(byte[] bytes, Schema writer, Schema reader)
      throws IOException {
    return new GenericDatumReader<GenericRecord>(writer, reader)
        .read(null, DecoderFactory.get().binaryDecoder(bytes, null));
  }

  private static void compareWithDefaults(Object value, Set<String> defaults, Set<String> values) {
    if (value instanceof List<?> list) {
      list.forEach(element -> compareWithDefaults(element, defaults, values));
    } else if (value instanceof GenericRecord record) {
      for (Schema.Field field : record.getSchema().getFields()) {
        Object content = record.get(field.pos());
        String name = record.getSchema().getName() + "." + field.name();
        if (field.hasDefaultValue()) {
          defaults.add(name);
        }
        if (!field.hasDefaultValue()
            || !Objects.equals(content, GenericData.get().getDefaultValue(field))) {
          values.add(name);
        }
        compareWithDefaults(content, defaults, values);
      }
    }
  }

  private static Schema schema(Path avsc) throws IOException {
    return new Schema.Parser().parse(Files.readString(avsc));
  }

  private static String version(Path avsc) {
    return avsc.getFileName().toString().replace(".avsc", "");
  }

  private static List<Path> records(Path avsc) throws IOException {
    return files(avsc.getParent(), ".bin").stream()
        .filter(file -> file.getFileName().toString().matches(version(avsc) + "(-\\d+)?\\.bin"))
        .toList();
  }

  private static List<Path> files(Path directory, String ending) throws IOException {
    try (Stream<Path> files = Files.walk(directory)) {
      return files.filter(file -> file.toString().endsWith(ending)).sorted().toList();
    }
  }
}
