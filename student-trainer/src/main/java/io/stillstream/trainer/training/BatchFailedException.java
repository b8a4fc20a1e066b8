package io.stillstream.trainer.training;

import io.stillstream.trainer.training.buffer.TeacherChangePolicy;
import java.util.regex.Pattern;

/**
 * A batch of fresh views could not be trained on, for a reason that no code foresees. Nothing was
 * learned from it: student and window are what they were. So is the buffer, but for what {@link
 * TeacherChangePolicy} says if the batch was the first of another teacher: a batch that is short is
 * filled up from the buffer, so that is done before it is trained on.
 */
public final class BatchFailedException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** What CUDA and its libraries, and libtorch on the CPU, say when they get no memory. */
  private static final Pattern NO_MEMORY =
      Pattern.compile(
          "out of memory|STATUS_ALLOC_FAILED|you tried to allocate", Pattern.CASE_INSENSITIVE);

  public BatchFailedException(Throwable cause) {
    super(cause.toString(), cause);
  }

  /**
   * Whether the device had no memory. A batch takes the same amount whatever is in its views, so
   * none of them is the cause: something else uses the device, or the batch is too large for it.
   */
  public boolean isOutOfMemory() {
    return NO_MEMORY.matcher(getMessage()).find();
  }
}
