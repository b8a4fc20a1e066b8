package io.stillstream.local.demo.settings;

import io.stillstream.local.data.DataSet;
import io.stillstream.local.data.IdxLabeledImages.Split;
import io.stillstream.local.data.LabeledImages;
import io.stillstream.local.data.SceneDataSet;
import io.stillstream.local.ingest.ImageSender;
import io.stillstream.local.ingest.SendableFileFilter;
import io.stillstream.runtime.config.StartupException;
import io.stillstream.runtime.model.ModelSpec;
import io.stillstream.schemas.answer.ModelTask;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
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
    ModelTask task = settings.task();
    Optional<ModelSpec> teacher =
        model(settings.teacherModel(), "teacher", errors)
            .filter(spec -> isFor(task, spec, "teacher", errors));
    teacher.ifPresent(spec -> checkEngine(spec, settings.run().engine(), errors));
    Optional<ModelSpec> student =
        student(settings, errors).filter(spec -> isFor(task, spec, "student", errors));
    Optional<DataSet> data = data(settings.data(), task, errors);
    student.ifPresent(spec -> checkViews(spec, errors));
    if (teacher.isPresent() && student.isPresent()) {
      compare(teacher.get(), student.get(), errors);
    }
    Optional<ModelSpec> either = student.or(() -> teacher);
    if (data.isPresent() && either.isPresent()) {
      data.get()
          .incompatibilities(classes(either.get(), data.get()))
          .forEach(problem -> errors.add("--dataset: " + problem));
    }
    refuse(errors);
    ModelSpec spec = student.orElseThrow();
    DataSet set = data.orElseThrow();
    List<String> classes = classes(spec, set);
    return new DemoInputs(
        teacher.orElseThrow(),
        spec,
        set.images(Split.TRAIN, classes),
        set.images(Split.TEST, classes),
        set.unusableFiles());
  }

  /** Classes of the student that no test image shows; none where images have no single class. */
  public List<String> classesWithoutTestImages() {
    Set<Integer> labels =
        IntStream.range(0, test.size()).mapToObj(test::label).collect(Collectors.toSet());
    return labels.contains(LabeledImages.NO_LABEL)
        ? List.of()
        : IntStream.range(0, student.classes().size())
            .filter(label -> !labels.contains(label))
            .mapToObj(student.classes()::get)
            .toList();
  }

  /** What the labels count: a model of embeddings may leave it to the data set. */
  private static List<String> classes(ModelSpec model, DataSet data) {
    return model.classes().isEmpty() ? data.classes() : model.classes();
  }

  private static boolean isFor(ModelTask task, ModelSpec model, String kind, List<String> errors) {
    if (model.task() != task) {
      errors.add(
          "--%s: task: %s is for %s, --task is %s"
              .formatted(kind, model.name(), model.output(), task.key()));
    }
    return model.task() == task;
  }

  private static void checkEngine(ModelSpec teacher, String engine, List<String> errors) {
    TeacherEngine ofFile = TeacherEngine.of(teacher.format());
    if (!engine.isEmpty() && !engine.equals(ofFile.key())) {
      errors.add(
          "--engine: %s runs with %s, --engine is %s; deploy/models/make.py onnx exports a teacher"
              .formatted(teacher.file(), ofFile.key(), engine));
    }
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
            + String.join(", ", settings.students())
            + " or a model directory, was "
            + settings.run().student());
    return Optional.empty();
  }

  private static Optional<DataSet> data(Path directory, ModelTask task, List<String> errors) {
    try {
      return Optional.of(
          task == ModelTask.SEGMENTATION
              ? SceneDataSet.open(directory)
              : DataSet.open(directory, SendableFileFilter::isSendable));
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
    Optional<String> answers = student.output().mismatch(teacher.output());
    if (teacher.task() != ModelTask.CLASSIFICATION && answers.isPresent()) {
      errors.add(
          "--teacher: output: %s does not answer as the student %s: %s"
              .formatted(teacher.name(), student.name(), answers.get()));
    } else if (teacher.task() != ModelTask.EMBEDDING) {
      compareClasses(teacher, student, errors);
    }
  }

  private static void compareClasses(ModelSpec teacher, ModelSpec student, List<String> errors) {
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
