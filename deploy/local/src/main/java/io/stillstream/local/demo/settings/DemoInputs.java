package io.stillstream.local.demo.settings;

import io.stillstream.local.data.DataSet;
import io.stillstream.local.data.IdxLabeledImages.Split;
import io.stillstream.local.data.LabeledImages;
import io.stillstream.local.ingest.ImageSender;
import io.stillstream.local.ingest.SendableFileFilter;
import io.stillstream.runtime.config.StartupException;
import io.stillstream.runtime.model.ModelSpec;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * Teacher, student and data set of a demo, which fit together.
 *
 * @param leftOut files of the data set that are no pictures that the pipeline takes
 */
public record DemoInputs(
    ModelSpec teacher,
    ModelSpec student,
    LabeledImages train,
    LabeledImages test,
    List<Path> leftOut) {
  /** Longest side of a view (the augmenter's {@code output}). */
  private static final int MAX_SIDE = 4096;

  /**
   * Reads descriptions and data set.
   *
   * @throws StartupException naming all that is missing or does not fit, a line for each
   */
  public static DemoInputs load(DemoSettings settings) {
    List<String> errors = new ArrayList<>();
    Optional<ModelSpec> teacher = model(settings.teacherModel(), "teacher", errors);
    Optional<ModelSpec> student = student(settings, errors);
    Optional<DataSet> data = data(settings.data(), errors);
    student.ifPresent(spec -> checkViews(spec, errors));
    if (teacher.isPresent() && student.isPresent()) {
      compare(teacher.get(), student.get(), errors);
    }
    Optional<ModelSpec> either = student.or(() -> teacher);
    if (data.isPresent() && either.isPresent()) {
      data.get()
          .incompatibilities(either.get().classes())
          .forEach(problem -> errors.add("--dataset: " + problem));
    }
    refuse(errors);
    ModelSpec spec = student.orElseThrow();
    DataSet set = data.orElseThrow();
    return new DemoInputs(
        teacher.orElseThrow(),
        spec,
        set.images(Split.TRAIN, spec.classes()),
        set.images(Split.TEST, spec.classes()),
        set.unusableFiles());
  }

  private static Optional<ModelSpec> model(Path directory, String kind, List<String> errors) {
    try {
      return Optional.of(ModelSpec.load(directory, kind));
    } catch (StartupException e) {
      // It begins with the kind.
      errors.add("--" + e.getMessage());
      return Optional.empty();
    }
  }

  private static Optional<ModelSpec> student(DemoSettings settings, List<String> errors) {
    if (Files.isDirectory(settings.studentModel())) {
      return model(settings.studentModel(), "student", errors);
    }
    errors.add(
        "--student must be one of "
            + String.join(", ", DemoSettings.STUDENTS)
            + " or a model directory, was "
            + settings.run().student());
    return Optional.empty();
  }

  private static Optional<DataSet> data(Path directory, List<String> errors) {
    try {
      return Optional.of(DataSet.open(directory, SendableFileFilter::isSendable));
    } catch (StartupException e) {
      errors.add("--dataset: " + e.getMessage());
      return Optional.empty();
    }
  }

  /** What the student takes is what the augmenter makes. */
  private static void checkViews(ModelSpec student, List<String> errors) {
    int height = student.height();
    int width = student.width();
    int channels = student.channels();
    if (channels != 1 && channels != 3) {
      errors.add(
          "--student: channels: %s takes %d, views have 1 (grey) or 3 (RGB)"
              .formatted(student.name(), channels));
    }
    if (Math.max(height, width) > MAX_SIDE
        || (long) height * width * channels > ImageSender.MAX_PAYLOAD_BYTES) {
      errors.add(
          "--student: size: %s takes %d x %d x %d; a view has at most %d pixels a side and %d bytes"
              .formatted(
                  student.name(),
                  height,
                  width,
                  channels,
                  MAX_SIDE,
                  ImageSender.MAX_PAYLOAD_BYTES));
    }
  }

  private static void compare(ModelSpec teacher, ModelSpec student, List<String> errors) {
    if (teacher.resize() == ModelSpec.Resize.REFUSE) {
      if (teacher.height() != student.height() || teacher.width() != student.width()) {
        errors.add(
            ("--teacher: size: %s takes %d x %d, the student %s %d x %d, which is the size of the"
                    + " views (input.resize in the teacher's description lets it take them)")
                .formatted(
                    teacher.name(),
                    teacher.height(),
                    teacher.width(),
                    student.name(),
                    student.height(),
                    student.width()));
      }
      if (teacher.channels() != student.channels()) {
        errors.add(
            "--teacher: channels: %s takes %d, the student %s %d"
                .formatted(teacher.name(), teacher.channels(), student.name(), student.channels()));
      }
    }
    if (teacher.classes().size() != student.classes().size()) {
      errors.add(
          "--teacher: classes: %s has %d, the student %s %d"
              .formatted(
                  teacher.name(),
                  teacher.classes().size(),
                  student.name(),
                  student.classes().size()));
    } else if (!teacher.classes().equals(student.classes())) {
      List<String> others =
          IntStream.range(0, teacher.classes().size())
              .filter(i -> !teacher.classes().get(i).equals(student.classes().get(i)))
              .mapToObj(
                  i ->
                      "%d is %s and %s"
                          .formatted(i, teacher.classes().get(i), student.classes().get(i)))
              .toList();
      errors.add(
          "--teacher: classes: teacher and student name them differently: " + DataSet.some(others));
    }
  }

  private static void refuse(List<String> errors) {
    if (errors.size() == 1) {
      throw new StartupException(errors.get(0));
    }
    if (!errors.isEmpty()) {
      throw new StartupException(
          "teacher, student and data set do not fit together:\n  " + String.join("\n  ", errors));
    }
  }
}
