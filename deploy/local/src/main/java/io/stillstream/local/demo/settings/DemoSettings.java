package io.stillstream.local.demo.settings;

import io.stillstream.embedded.LoopbackPorts;
import io.stillstream.runtime.config.StartupException;
import io.stillstream.schemas.answer.ModelTask;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalLong;

/**
 * What one run of the demo is to do.
 *
 * @param home where deploy/models and deploy/data are
 * @param run what must stay the same over the life of the directory
 * @param images in total over the life of the directory; without end when absent
 * @param exit whether to end, and to sum up, once all images are trained
 * @param ports where it listens
 * @param secured whether broker and registry authenticate their clients
 */
public record DemoSettings(
    Path home,
    PersistedDemoSettings run,
    OptionalLong images,
    boolean exit,
    Ports ports,
    boolean secured) {
  public DemoSettings {
    if (images.isPresent() && images.getAsLong() < 1) {
      throw new StartupException("--images must be at least 1, was " + images.getAsLong());
    }
    requireAtLeastOne("--views", run.views());
    requireAtLeastOne("--partitions", run.partitions());
  }

  /**
   * Ports on loopback; 0 for any free one.
   *
   * @param management of the metrics and health endpoint
   */
  public record Ports(int kafka, int registry, int management) {
    /**
     * Checks that they are free.
     *
     * @throws io.stillstream.embedded.EmbeddedException naming all that are taken
     */
    public void requireFree() {
      LoopbackPorts.requireFree(
          List.of(
              new LoopbackPorts.Wanted(kafka, "Kafka", "--kafka-port"),
              new LoopbackPorts.Wanted(registry, "schema registry", "--registry-port"),
              new LoopbackPorts.Wanted(management, "management", "--management-port")));
    }
  }

  /** Whether a student that comes with the project is called so. */
  public static boolean isBundledStudent(String name) {
    return TaskDefaults.isBundledStudent(name);
  }

  /** What the models answer. */
  public ModelTask task() {
    return run.modelTask();
  }

  /** Untrained students of the task that come with the project. */
  List<String> students() {
    return TaskDefaults.of(task()).students();
  }

  public Path teacherModel() {
    return run.teacher().isEmpty()
        ? home.resolve("deploy/models").resolve(TaskDefaults.of(task()).teacher(run.engine()))
        : Path.of(run.teacher());
  }

  public Path studentModel() {
    return isBundledStudent(run.student())
        ? home.resolve("deploy/models").resolve(run.student())
        : Path.of(run.student());
  }

  /** Directory of the data set. */
  public Path data() {
    return run.dataset().isEmpty()
        ? home.resolve("deploy/data/fashion-mnist")
        : Path.of(run.dataset());
  }

  /** Beginning of every image id. */
  public String dataName() {
    String directory = data().toAbsolutePath().normalize().getFileName().toString();
    return task() == ModelTask.SEGMENTATION ? directory + "-scenes" : directory;
  }

  private static void requireAtLeastOne(String option, int value) {
    if (value < 1) {
      throw new StartupException(option + " must be at least 1, was " + value);
    }
  }
}
