package io.stillstream.trainer.torch;

import io.stillstream.runtime.model.ModelSpec;
import io.stillstream.schemas.PixelEncoding;
import io.stillstream.schemas.answer.ModelTask;
import io.stillstream.trainer.training.example.BatchBuilder;
import io.stillstream.trainer.training.example.TrainingExample;
import io.stillstream.trainer.training.example.ViewIdentity;
import io.stillstream.trainer.training.hyperparameters.Hyperparameters;
import io.stillstream.trainer.training.hyperparameters.LossSettings;
import io.stillstream.trainer.training.hyperparameters.LossSettings.DistSettings;
import io.stillstream.trainer.training.hyperparameters.LossSettings.DkdSettings;
import io.stillstream.trainer.training.hyperparameters.OptimiserSettings;
import io.stillstream.trainer.training.hyperparameters.OptimiserSettings.MuonSettings;
import io.stillstream.trainer.training.hyperparameters.OptimiserSettings.ScheduleKind;
import io.stillstream.trainer.training.hyperparameters.OptimiserSettings.ScheduleSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/** Students that were trained for some steps, on noise and a teacher that prefers later classes. */
public final class TrainedStudent {
  private static final int BATCH = 8;
  private static final float LARGEST_LOGIT = 20;

  private TrainedStudent() {}

  /**
   * The moving average as a {@code .pt} file.
   *
   * @param seed of the noise
   */
  public static byte[] average(ModelSpec model, int steps, long seed) throws IOException {
    boolean isEmbedding = model.task() == ModelTask.EMBEDDING;
    LossSettings loss =
        new LossSettings(
            isEmbedding ? LossSettings.Kind.COSINE : LossSettings.Kind.KD,
            2,
            0.9,
            0,
            new DkdSettings(1, 8),
            new DistSettings(2, 2));
    BatchBuilder batches = new BatchBuilder(model, loss);
    SplittableRandom random = new SplittableRandom(seed);
    byte[] file = Files.readAllBytes(model.file());
    try (TorchStudent student = TorchStudent.begin(file, hyperparameters(loss), 1)) {
      for (int step = 1; step <= steps; step++) {
        student.update(batches.build(views(model, random)), step);
      }
      return student.average();
    }
  }

  private static List<TrainingExample> views(ModelSpec model, SplittableRandom random) {
    List<TrainingExample> views = new ArrayList<>();
    for (int i = 0; i < BATCH; i++) {
      byte[] pixels = new byte[model.height() * model.width() * model.channels()];
      random.nextBytes(pixels);
      float[] answer = new float[model.output().size()];
      for (int j = 0; j < answer.length; j++) {
        answer[j] = LARGEST_LOGIT * j / answer.length + (float) random.nextDouble();
      }
      views.add(
          new TrainingExample(
              PixelEncoding.RAW,
              pixels,
              DenseGoldenFile.answer(answer, model.output()),
              null,
              null,
              true,
              0,
              ViewIdentity.UNKNOWN));
    }
    return views;
  }

  private static Hyperparameters hyperparameters(LossSettings loss) {
    OptimiserSettings adamW =
        new OptimiserSettings(
            OptimiserSettings.Kind.ADAMW,
            4e-3,
            1e-4,
            5,
            0.9,
            true,
            new ScheduleSettings(ScheduleKind.CONSTANT, 0, 1, 1, 0),
            new MuonSettings(0.002));
    return new Hyperparameters(loss, adamW, 0.9, 1, 1);
  }
}
