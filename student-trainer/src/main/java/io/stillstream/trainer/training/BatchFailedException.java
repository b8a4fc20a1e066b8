package io.stillstream.trainer.training;

import io.stillstream.trainer.training.buffer.TeacherChangePolicy;

/**
 * A batch of fresh views could not be trained on, for a reason that no code foresees. Nothing was
 * learned from it: student and window are what they were. So is the buffer, but for what {@link
 * TeacherChangePolicy} says if the batch was the first of another teacher: a batch that is short is
 * filled up from the buffer, so that is done before it is trained on.
 */
public final class BatchFailedException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public BatchFailedException(Throwable cause) {
    super(cause.toString(), cause);
  }
}
