package io.stillstream.labeler;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.stillstream.labeler.config.LabelerConfig;
import io.stillstream.labeler.model.DeviceBatch;
import io.stillstream.labeler.model.FakeDeviceBatch;
import io.stillstream.labeler.model.Pixels;
import io.stillstream.labeler.torch.FixtureTeacherModel;
import io.stillstream.labeler.torch.TeacherModelFixtures;
import io.stillstream.runtime.config.YamlSettings;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/** A labeler whose teacher takes the process with it when it sees a certain view. */
final class CrashingLabeler {
  /** As after a signal 6, with which a failed assertion in native code ends. */
  static final int STATUS = 134;

  /** The first pixel of such a view. */
  static final int POISON = 250;

  private CrashingLabeler() {}

  public static void main(String[] arguments) throws InterruptedException {
    LabelerConfig config =
        YamlSettings.load(Path.of(arguments[1]), LabelerConfig.class, System.getenv());
    try (LabelerService service =
        new LabelerService(
            config,
            new SimpleMeterRegistry(),
            Duration.ofSeconds(15),
            spec -> List.of(new Crashing(), new Crashing()))) {
      service.start();
      service.awaitStop();
    }
  }

  private static final class Crashing extends FixtureTeacherModel {
    private Crashing() {
      super("crashing");
    }

    @Override
    public float[][] answers(DeviceBatch batch) {
      List<Pixels> views = ((FakeDeviceBatch) batch).views();
      if (views.stream().anyMatch(view -> (view.bytes()[0] & 0xFF) == POISON)) {
        // No shutdown hooks, no finally: nothing is cleaned up.
        Runtime.getRuntime().halt(STATUS);
      }
      return views.stream()
          .map(view -> TeacherModelFixtures.linear(view.bytes()))
          .toArray(float[][]::new);
    }
  }
}
