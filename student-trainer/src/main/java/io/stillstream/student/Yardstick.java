package io.stillstream.student;

import io.stillstream.student.release.Releases;
import io.stillstream.student.torch.FrozenStudent;
import io.stillstream.student.training.Batch;
import io.stillstream.student.training.ExamSet;
import io.stillstream.student.training.Gate;
import io.stillstream.student.training.Trial;
import io.stillstream.student.training.Verdict;
import java.io.IOException;
import java.util.Optional;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The best champion so far, in memory, and how the student compares with it: on a held-out set if
 * there is one, else on the latest originals. Belongs to the loop's thread.
 */
final class Yardstick implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Yardstick.class);

  private final boolean enabled;
  private final int threads;
  private final Releases releases;
  private final Optional<ExamSet> exam;
  private final Function<Batch, float[]> student;
  private final Gate gate;
  private final Trial trial;
  private FrozenStudent baseline;

  /**
   * @param exam a held-out set; without one the latest originals decide
   * @param student predicts with the moving average
   */
  Yardstick(
      TrainerConfig config,
      Releases releases,
      Optional<ExamSet> exam,
      Function<Batch, float[]> student) {
    TrainerConfig.GateSettings settings = config.release().gate();
    this.enabled = settings.enabled();
    this.threads = config.threads();
    this.releases = releases;
    this.exam = exam;
    this.student = student;
    this.gate = new Gate(settings.images(), settings.tolerance());
    this.trial = new Trial(settings.metric(), settings.images());
  }

  /** Hears what the student says of originals. */
  Trial trial() {
    return trial;
  }

  /** Measures against a version from now on, and begins anew; 0 for none. */
  void set(long version) {
    set(version, null);
  }

  /**
   * The same.
   *
   * @param model bytes of the version; null to read them
   */
  void set(long version, byte[] model) {
    close();
    if (version == 0 || !enabled) {
      return;
    }
    try {
      baseline = FrozenStudent.load(model == null ? releases.model(version) : model, threads);
      if (exam.isEmpty()) {
        trial.against(baseline);
      }
    } catch (IOException | IllegalArgumentException e) {
      // Nothing to measure against: better a release that is not compared than none ever again.
      LOG.atWarn()
          .addKeyValue("version", version)
          .addKeyValue("cause", e.getMessage())
          .log("Baseline cannot be loaded, the next release passes");
    }
  }

  /**
   * What the gate says of the student as it is now; null if there is nothing to pass.
   *
   * @param version of the baseline
   */
  Verdict judge(long version) {
    if (baseline == null) {
      return null;
    }
    if (exam.isEmpty()) {
      return gate.judge(version, trial.tally());
    }
    return gate.judge(version, exam.get().examine(student), exam.get().examine(baseline::predict));
  }

  /** The trial so far. */
  String save() {
    return trial.save();
  }

  void restore(String saved) {
    trial.restore(saved);
  }

  @Override
  public void close() {
    trial.against(null);
    if (baseline != null) {
      baseline.close();
      baseline = null;
    }
  }
}
