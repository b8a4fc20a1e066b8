package io.stillstream.trainer.session;

import io.stillstream.runtime.model.ModelSpec;
import io.stillstream.trainer.torch.TorchStudent;
import io.stillstream.trainer.training.Student;
import io.stillstream.trainer.training.hyperparameters.Hyperparameters;
import io.stillstream.trainer.training.hyperparameters.TorchOptions;
import java.io.DataInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.util.Optional;

/** Creates students in PyTorch. */
final class TorchStudentLoader implements StudentLoader {
  private final ModelSpec model;
  private final Hyperparameters hyperparameters;
  private final TorchOptions options;

  TorchStudentLoader(ModelSpec model, Hyperparameters hyperparameters, TorchOptions options) {
    this.model = model;
    this.hyperparameters = hyperparameters;
    this.options = options;
  }

  @Override
  public Student untrained() throws IOException {
    byte[] file = Files.readAllBytes(model.file());
    Optional<Integer> projection = hyperparameters.loss().projection();
    return projection.isEmpty()
        ? TorchStudent.begin(file, hyperparameters, options)
        : TorchStudent.beginProjected(
            file, model.output().channels(), projection.get(), hyperparameters, options);
  }

  @Override
  public Student resume(
      byte[] weights, byte[] average, Optional<byte[]> projection, DataInputStream optimiser)
      throws IOException {
    return TorchStudent.resume(weights, average, projection, optimiser, hyperparameters, options);
  }
}
