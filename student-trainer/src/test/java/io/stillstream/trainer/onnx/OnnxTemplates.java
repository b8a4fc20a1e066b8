package io.stillstream.trainer.onnx;

import io.stillstream.protocols.onnx.GraphProto;
import io.stillstream.protocols.onnx.ModelProto;
import io.stillstream.runtime.model.ModelSpec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.Consumer;

/** Student directories with the templates that make_fixtures.py made, as they are or changed. */
final class OnnxTemplates {
  private static final Path STUDENTS = Path.of("src/test/resources/students");

  private OnnxTemplates() {}

  /**
   * Makes the directory of a student with a template of another name.
   *
   * @param directory where; it must exist
   */
  static ModelSpec student(Path directory, String student, String template) throws IOException {
    return student(directory, student, template, graph -> {});
  }

  /** With a template whose graph is changed. */
  static ModelSpec student(
      Path directory, String student, String template, Consumer<GraphProto.Builder> change)
      throws IOException {
    for (String file : new String[] {"model.pt", "student.yaml"}) {
      Files.copy(STUDENTS.resolve(student).resolve(file), directory.resolve(file));
    }
    ModelProto.Builder model =
        ModelProto.parseFrom(Files.readAllBytes(STUDENTS.resolve("onnx/" + template + ".onnx")))
            .toBuilder();
    change.accept(model.getGraphBuilder());
    Files.write(directory.resolve("model.onnx"), model.build().toByteArray());
    return ModelSpec.load(directory, "student");
  }
}
