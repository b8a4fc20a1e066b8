package io.stillstream.trainer.session;

import io.stillstream.runtime.model.ModelSpec;
import io.stillstream.trainer.torch.TorchStudent;
import io.stillstream.trainer.training.Student;
import io.stillstream.trainer.training.hyperparameters.Hyperparameters;
import java.io.DataInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.util.Optional;

/** Creates students in PyTorch. */
final class TorchStudentLoader implements StudentLoader {
  private final ModelSpec model;
  private final Hyperparameters hyperparameters;
  private final int threads;

  /**
   * @param threads that one operator may use
   */
  TorchStudentLoader(ModelSpec model, Hyperparameters hyperparameters, int threads) {
    this.model = model;
    this.hyperparameters = hyperparameters;
    this.threads = threads;
  }

  @Override
  public Student untrained() throws IOException {
    byte[] file = Files.readAllBytes(model.file());
    Optional<Integer> projection = hyperparameters.loss().projection();
    return projection.isEmpty()
        ? TorchStudent.begin(file, hyperparameters, threads)
        : TorchStudent.beginProjected(
            file, model.output().channels(), projection.get(), hyperparameters, threads);
  }

  @Override
  public Student resume(
      byte[] weights, byte[] average, Optional<byte[]> projection, DataInputStream optimiser)
      throws IOException {
    return TorchStudent.resume(weights, average, projection, optimiser, hyperparameters, threads);
  }
}
