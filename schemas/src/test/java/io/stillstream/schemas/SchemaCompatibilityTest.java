package io.stillstream.schemas;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
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
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Every schema that was ever released stays readable. The released ones are frozen as {@code
 * frozen/Record/vN.avsc}, whole, as they stand in a registry.
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
        StudentEvent.getClassSchema());
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

  @ParameterizedTest
  @MethodSource("schemas")
  void shouldBeFrozen(Schema current) throws IOException {
    // given
    List<Schema> frozen = frozen(current);
    int next = frozen.size() + 1;
    Path copy = Path.of("target/frozen", current.getName(), "v" + next + ".avsc");

    // when
    boolean changed =
        frozen.isEmpty() || !frozen.get(next - 2).toString().equals(current.toString());
    if (changed) {
      Files.createDirectories(copy.getParent());
      Files.writeString(
          copy, new ObjectMapper().readTree(current.toString()).toPrettyString() + "\n");
    }

    // then
    assertThat(changed)
        .as(
            "%s differs from its newest frozen copy. If the change is meant, freeze it as the next"
                + " version: cp schemas/%s schemas/%s",
            current.getName(), copy, FROZEN.resolve(current.getName()).resolve(copy.getFileName()))
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
