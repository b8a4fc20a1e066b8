package io.stillstream.trainer.session;

import io.stillstream.trainer.training.Student;
import java.io.DataInputStream;
import java.io.IOException;
import java.util.Optional;

/**
 * Creates the student of a session. Each method throws an {@link IllegalArgumentException} if the
 * model cannot be trained.
 */
public interface StudentLoader {
  /** The model as it is before any training. */
  Student untrained() throws IOException;

  /**
   * The student of a checkpoint.
   *
   * @param weights as {@link Student#weights} gave them
   * @param average as {@link Student#average} gave it
   * @param projection as {@link Student#projection} gave it
   * @param optimiser as {@link Student#optimiser} gave it
   */
  Student resume(
      byte[] weights, byte[] average, Optional<byte[]> projection, DataInputStream optimiser)
      throws IOException;
}
