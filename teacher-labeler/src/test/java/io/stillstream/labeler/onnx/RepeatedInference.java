package io.stillstream.labeler.onnx;

import io.stillstream.labeler.model.TeacherModel;
import io.stillstream.labeler.torch.TeacherModelFixtures;
import io.stillstream.runtime.model.ModelSpec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.stream.Stream;

/**
 * A process that infers batches of changing sizes and loads models again and again, and prints the
 * bytes of memory that it has gained meanwhile.
 */
final class RepeatedInference {
  private RepeatedInference() {}

  /**
   * @param args a model directory, how many batches, how many loads
   */
  public static void main(String[] args) throws IOException {
    ModelSpec spec = ModelSpec.load(Path.of(args[0]), "teacher");
    int batches = Integer.parseInt(args[1]);
    int loads = Integer.parseInt(args[2]);
    try (TeacherModel model = OnnxTeacherLoader.loadOne(spec, 1)) {
      infer(model, batches / 2);
      load(spec, loads / 2);
      long before = residentBytes();
      infer(model, batches);
      long between = residentBytes();
      load(spec, loads);
      System.out.printf(
          "%d bytes for batches, %d for loads%n", between - before, residentBytes() - between);
    }
  }

  private static void infer(TeacherModel model, int batches) {
    for (int i = 0; i < batches; i++) {
      model.answers(Collections.nCopies(1 + i * 37 % 256, TeacherModelFixtures.pixels(i)));
    }
  }

  private static void load(ModelSpec spec, int times) {
    for (int i = 0; i < times; i++) {
      try (TeacherModel model = OnnxTeacherLoader.loadOne(spec, 1)) {
        model.answers(Collections.nCopies(64, TeacherModelFixtures.pixels(i)));
      }
    }
  }

  private static long residentBytes() throws IOException {
    try (Stream<String> lines = Files.lines(Path.of("/proc/self/status"))) {
      return 1024
          * lines
              .filter(line -> line.startsWith("VmRSS:"))
              .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")))
              .sum();
    }
  }
}
