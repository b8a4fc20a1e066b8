package io.stillstream.schemas;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.apache.avro.Schema;
import org.apache.avro.SchemaCompatibility;
import org.apache.avro.SchemaCompatibility.SchemaCompatibilityType;
import org.apache.avro.SchemaCompatibility.SchemaPairCompatibility;
import org.apache.avro.io.EncoderFactory;
import org.apache.avro.specific.SpecificDatumWriter;
import org.apache.avro.specific.SpecificRecord;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Every schema that was ever released stays readable, and reads what is written now. The released
 * ones are frozen as {@code frozen/Record/vN.avsc}, whole, as they stand in a registry; beside each
 * are records that were written with it, {@code vN.bin}, {@code vN-2.bin}, ….
 */
final class SchemaCompatibilityTest {
  private static final Path FROZEN = Path.of("src/test/resources/frozen");

  static Stream<Schema> schemas() {
    return Stream.of(
        ImageEvent.getClassSchema(),
        AugmentedView.getClassSchema(),
        LabeledView.getClassSchema(),
        StudentRelease.getClassSchema(),
        StudentProgress.getClassSchema(),
        StudentEvent.getClassSchema(),
        ImageLabel.getClassSchema(),
        ReviewRequest.getClassSchema());
  }

  @ParameterizedTest
  @MethodSource("schemas")
  void shouldReadEverythingEverWritten(Schema current) throws IOException {
    // given
    List<Schema> frozen = frozen(current);

    for (Schema older : frozen) {
      // when
      SchemaPairCompatibility pair =
          SchemaCompatibility.checkReaderWriterCompatibility(current, older);

      // then
      assertThat(pair.getType())
          .as(
              "%s is no longer BACKWARD_TRANSITIVE: %s",
              current.getName(), pair.getResult().getIncompatibilities())
          .isEqualTo(SchemaCompatibilityType.COMPATIBLE);
    }
  }

  /**
   * A reader that is not upgraded yet. StudentEvent is among them although its enum grew: Avro
   * counts a new symbol as compatible where the reader's enum has a default, here OTHER.
   */
  @ParameterizedTest
  @MethodSource("schemas")
  void shouldBeReadByEveryOlderReader(Schema current) throws IOException {
    // given
    List<Schema> frozen = frozen(current);

    for (Schema older : frozen) {
      // when
      SchemaPairCompatibility pair =
          SchemaCompatibility.checkReaderWriterCompatibility(older, current);

      // then
      assertThat(pair.getType())
          .as(
              "%s is no longer FORWARD_TRANSITIVE: %s",
              current.getName(), pair.getResult().getIncompatibilities())
          .isEqualTo(SchemaCompatibilityType.COMPATIBLE);
    }
  }

  @ParameterizedTest
  @MethodSource("schemas")
  void shouldBeFrozen(Schema current) throws IOException {
    // given
    List<Schema> frozen = frozen(current);
    int next = frozen.size() + 1;
    Path copies = Path.of("target/frozen", current.getName(), "v" + next);

    // when
    boolean changed =
        frozen.isEmpty() || !frozen.get(next - 2).toString().equals(current.toString());
    if (changed) {
      freeze(current, copies);
    }

    // then
    assertThat(changed)
        .as(
            "%s differs from its newest frozen copy. If the change is meant, freeze it as the next"
                + " version, with the records of SampleRecords: cp schemas/%s/* schemas/%s/",
            current.getName(), copies, FROZEN.resolve(current.getName()))
        .isFalse();
  }

  @ParameterizedTest
  @MethodSource("schemas")
  void shouldExplainEveryTypeAndField(Schema current) {
    // given
    List<String> silent = new ArrayList<>();

    // when
    collectSilent(current, new HashSet<>(), silent);

    // then
    assertThat(silent).as("types and fields without doc").isEmpty();
  }

  private static List<Schema> frozen(Schema current) throws IOException {
    List<Schema> versions = new ArrayList<>();
    for (int version = 1; ; version++) {
      Path file = FROZEN.resolve(current.getName()).resolve("v" + version + ".avsc");
      if (!Files.exists(file)) {
        return versions;
      }
      versions.add(new Schema.Parser().parse(Files.readString(file, StandardCharsets.UTF_8)));
    }
  }

  private static void freeze(Schema current, Path copies) throws IOException {
    String version = copies.getFileName().toString();
    Files.createDirectories(copies);
    Files.writeString(
        copies.resolve(version + ".avsc"),
        new ObjectMapper().readTree(current.toString()).toPrettyString() + "\n");
    int samples = 0;
    for (SpecificRecord record : SampleRecords.all()) {
      if (record.getSchema().equals(current)) {
        samples++;
        String name = version + (samples == 1 ? "" : "-" + samples) + ".bin";
        try (OutputStream out = Files.newOutputStream(copies.resolve(name))) {
          new SpecificDatumWriter<>(current)
              .write(record, EncoderFactory.get().directBinaryEncoder(out, null));
        }
      }
    }
  }

  private static void collectSilent(Schema schema, Set<String> seen, List<String> silent) {
    switch (schema.getType()) {
      case ARRAY -> collectSilent(schema.getElementType(), seen, silent);
      case MAP -> collectSilent(schema.getValueType(), seen, silent);
      case UNION -> schema.getTypes().forEach(type -> collectSilent(type, seen, silent));
      case RECORD, ENUM, FIXED -> {
        if (seen.add(schema.getFullName())) {
          addIfBlank(schema.getFullName(), schema.getDoc(), silent);
          if (schema.getType() == Schema.Type.RECORD) {
            for (Schema.Field field : schema.getFields()) {
              addIfBlank(schema.getFullName() + "." + field.name(), field.doc(), silent);
              collectSilent(field.schema(), seen, silent);
            }
          }
        }
      }
      default -> {}
    }
  }

  private static void addIfBlank(String name, String doc, List<String> silent) {
    if (doc == null || doc.isBlank()) {
      silent.add(name);
    }
  }
}
