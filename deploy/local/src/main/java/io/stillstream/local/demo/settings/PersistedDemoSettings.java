package io.stillstream.local.demo.settings;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.exc.UnrecognizedPropertyException;
import io.stillstream.runtime.config.StartupException;
import io.stillstream.schemas.answer.ModelTask;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;

/**
 * What must stay the same over the life of a demo's directory, or its counts would mean nothing.
 *
 * @param task the {@link ModelTask#key} of what the models answer
 * @param student a bundled one, or a model directory
 * @param dataset directory of idx files or pictures; empty for the bundled one
 * @param teacher model directory; empty for the bundled one
 * @param policy a ready-made policy, or the path of a file
 * @param engine the {@link TeacherEngine#key} of what runs the teacher; empty where nothing is said
 * @param labelFraction share of the images that the teacher labels, 0 to 1
 */
public record PersistedDemoSettings(
    String task,
    int views,
    String student,
    String dataset,
    int partitions,
    String teacher,
    String policy,
    String engine,
    Double labelFraction) {

  /** That of directories from before there was a choice. */
  private static final String FIRST_POLICY = "fashion-mnist";

  private static final ObjectMapper JSON =
      new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);
  private static final String FILE = "demo.json";

  public PersistedDemoSettings {
    // Directories from before there was a choice say nothing of it.
    task = Objects.requireNonNullElse(task, ModelTask.CLASSIFICATION.key());
    teacher = Objects.requireNonNullElse(teacher, "");
    policy = Objects.requireNonNullElse(policy, FIRST_POLICY);
    engine = Objects.requireNonNullElse(engine, "");
    labelFraction = Objects.requireNonNullElse(labelFraction, 1.0);
    if (!(labelFraction >= 0 && labelFraction <= 1)) {
      throw new StartupException("--label-fraction must be within 0 and 1, was " + labelFraction);
    }
    ModelTask unused = ModelTask.valueOf(task.toUpperCase(Locale.ROOT));
  }

  /** With which a new directory begins where nothing is said. */
  public static PersistedDemoSettings defaults(ModelTask task) {
    TaskDefaults defaults = TaskDefaults.of(task);
    return new PersistedDemoSettings(
        task.key(), 4, defaults.students().get(0), "", 1, "", TaskDefaults.POLICY, "", 1.0);
  }

  /** What the models answer. */
  public ModelTask modelTask() {
    return ModelTask.valueOf(task.toUpperCase(Locale.ROOT));
  }

  /** What a user may say of it; what is absent is as before, or as by default. */
  public record Requested(
      Optional<ModelTask> task,
      Optional<Integer> views,
      Optional<String> student,
      Optional<String> dataset,
      Optional<Integer> partitions,
      Optional<String> teacher,
      Optional<String> policy,
      Optional<TeacherEngine> engine,
      Optional<Double> labelFraction) {}

  /**
   * The run that a directory holds, or a new one.
   *
   * @throws StartupException when a wish contradicts the directory, or its file is damaged
   */
  public static PersistedDemoSettings of(Path directory, Requested requested) {
    Path file = directory.resolve(FILE);
    boolean known = Files.exists(file);
    PersistedDemoSettings base =
        known ? load(file) : defaults(requested.task().orElse(ModelTask.CLASSIFICATION));
    PersistedDemoSettings run =
        new PersistedDemoSettings(
            requested.task().map(ModelTask::key).orElse(base.task),
            requested.views().orElse(base.views),
            requested.student().orElse(base.student),
            requested.dataset().orElse(base.dataset),
            requested.partitions().orElse(base.partitions),
            requested.teacher().orElse(base.teacher),
            requested.policy().orElse(base.policy),
            requested.engine().map(TeacherEngine::key).orElse(base.engine),
            requested.labelFraction().orElse(base.labelFraction));
    if (known && !run.equals(base)) {
      throw new StartupException(
          directory + " was made with other options: " + base.differences(run));
    }
    return run;
  }

  /** Keeps it in the directory. */
  public void save(Path directory) {
    Path file = directory.resolve(FILE);
    Path draft = directory.resolve(FILE + ".tmp");
    try {
      Files.write(draft, JSON.writeValueAsBytes(this));
      Files.move(draft, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } catch (IOException e) {
      throw new StartupException(file + " cannot be written: " + e, e);
    }
  }

  private String differences(PersistedDemoSettings other) {
    List<String> words = new ArrayList<>();
    compare(words, "--task", task, other.task);
    compare(words, "--views", views, other.views);
    compare(words, "--teacher", teacher, other.teacher);
    compare(words, "--engine", engine, other.engine);
    compare(words, "--student", student, other.student);
    compare(words, "--dataset", dataset, other.dataset);
    compare(words, "--policy", policy, other.policy);
    compare(words, "--partitions", partitions, other.partitions);
    compare(words, "--label-fraction", labelFraction, other.labelFraction);
    return String.join("; ", words);
  }

  private static void compare(List<String> words, String option, Object mine, Object other) {
    if (!Objects.equals(mine, other)) {
      words.add(option + " was " + (mine.equals("") ? "absent" : mine) + ", now " + other);
    }
  }

  private static PersistedDemoSettings load(Path file) {
    try {
      return JSON.readValue(Files.readAllBytes(file), PersistedDemoSettings.class);
    } catch (UnrecognizedPropertyException e) {
      throw new StartupException(
          "%s has \"%s\", which this version does not know: a later version wrote it, run that one again,"
                  .formatted(file, e.getPropertyName())
              + " or take another directory",
          e);
    } catch (IOException e) {
      throw new StartupException(file + " is damaged: " + e.getMessage().lines().findFirst(), e);
    }
  }
}
