package io.stillstream.student.training;

/**
 * A batch of fresh views could not be trained on, for a reason that no code foresees. Nothing was
 * learned from it: student, window and buffer are what they were.
 */
public final class BatchFailedException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public BatchFailedException(Throwable cause) {
    super(cause.toString(), cause);
  }
}
