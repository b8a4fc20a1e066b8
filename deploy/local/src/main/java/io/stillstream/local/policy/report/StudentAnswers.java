package io.stillstream.local.policy.report;

import io.stillstream.local.policy.report.PolicyReport.ComparedStudent;
import io.stillstream.runtime.augmentation.AnswerShift;
import io.stillstream.runtime.config.StartupException;
import io.stillstream.runtime.model.ModelSpec;
import io.stillstream.schemas.LabeledView;
import io.stillstream.schemas.answer.ModelTask;
import io.stillstream.schemas.values.Logits;
import io.stillstream.trainer.files.DurableFiles;
import io.stillstream.trainer.input.LabeledViewValidator;
import io.stillstream.trainer.release.Release;
import io.stillstream.trainer.release.ReleaseStore;
import io.stillstream.trainer.resources.StorageResources;
import io.stillstream.trainer.torch.InferenceStudent;
import io.stillstream.trainer.training.example.BatchBuilder;
import io.stillstream.trainer.training.example.TrainingExample;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * A student's answers to views that a teacher has answered, each seen as the trainer would show it.
 * To be used by the thread that made it.
 */
public final class StudentAnswers implements AutoCloseable {
  private final ModelSpec spec;
  private final InferenceStudent model;
  private final BatchBuilder batches;
  private final LabeledViewValidator validator;

  private StudentAnswers(ModelSpec spec, InferenceStudent model) {
    this.spec = spec;
    this.model = model;
    this.batches = new BatchBuilder(spec, 1);
    this.validator = new LabeledViewValidator(spec, batches);
  }

  /**
   * Loads a model.
   *
   * @param directory of a release or a model, or the model's file
   * @param threads that one operator may use, in the whole process
   * @throws StartupException if it is no student
   */
  public static StudentAnswers load(Path directory, int threads) {
    ModelSpec spec = ModelSpec.load(directory, "student");
    try {
      return load(spec, Files.readAllBytes(spec.file()), threads);
    } catch (IOException e) {
      throw new StartupException("student: " + spec.file() + " cannot be read: " + e, e);
    }
  }

  /**
   * Loads the champion of a trainer.
   *
   * @param directory the trainer's
   * @throws StartupException if there is none, or it cannot be read
   */
  public static StudentAnswers champion(Path directory, int threads) {
    Path releases = directory.resolve(StorageResources.RELEASES);
    ReleaseStore store = new ReleaseStore(releases, new DurableFiles());
    try {
      long version =
          store
              .champion()
              .orElseThrow(() -> new StartupException("there is no champion in " + releases));
      Release release = Release.read(store, version);
      return load(ModelSpec.load(release.directory(), "student"), release.model(), threads);
    } catch (IOException e) {
      throw new StartupException("the champion in " + releases + ": " + e.getMessage(), e);
    }
  }

  private static StudentAnswers load(ModelSpec spec, byte[] file, int threads) {
    if (spec.task() != ModelTask.CLASSIFICATION) {
      throw new StartupException(
          "student: %s is for %s, the report compares classes"
              .formatted(spec.name(), spec.output()));
    }
    InferenceStudent model;
    try {
      model = InferenceStudent.load(file, threads);
    } catch (IllegalArgumentException e) {
      throw new StartupException("student: " + spec.file() + ": " + e.getMessage(), e);
    }
    StudentAnswers student = new StudentAnswers(spec, model);
    try {
      student.requireAnswer();
      return student;
    } catch (RuntimeException e) {
      student.close();
      throw new StartupException(
          "student: %s cannot take its own input: %s".formatted(spec.file(), e.getMessage()), e);
    }
  }

  private void requireAnswer() {
    int logits = model.predict(batches.grey(1)).length;
    if (logits != batches.classes()) {
      throw new IllegalArgumentException(
          "it gives %d logits for %d classes".formatted(logits, batches.classes()));
    }
  }

  /** What it is. */
  ComparedStudent description() {
    return new ComparedStudent(
        spec.name(),
        spec.version(),
        spec.sha256(),
        spec.file().toAbsolutePath().getParent().toString());
  }

  /**
   * A view as the student takes it.
   *
   * @throws io.stillstream.runtime.records.BadRecordException if it takes no such views
   */
  TrainingExample example(LabeledView view) {
    return validator.validate(view);
  }

  /**
   * Compares the student's answers with the teacher's on the same views.
   *
   * @param views with logits
   * @return for each view; empty if the student's answer is not finite
   */
  List<Optional<AnswerShift>> compare(List<TrainingExample> views) {
    float[] logits = model.predict(batches.build(views));
    int k = batches.classes();
    List<Optional<AnswerShift>> shifts = new ArrayList<>(views.size());
    for (int i = 0; i < views.size(); i++) {
      float[] answer = Arrays.copyOfRange(logits, i * k, (i + 1) * k);
      shifts.add(
          Logits.areFinite(answer)
              ? Optional.of(AnswerShift.between(views.get(i).logits(), answer))
              : Optional.empty());
    }
    return shifts;
  }

  @Override
  public void close() {
    model.close();
  }
}
