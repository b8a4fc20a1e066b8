package io.stillstream.labeler.model;

/** A model failed on a batch. The message is one line, for logs and headers. */
public final class InferenceException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final boolean outOfMemory;

  /**
   * @param outOfMemory whether the device ran out of memory: a smaller one may succeed
   */
  public InferenceException(String message, boolean outOfMemory, Throwable cause) {
    super(message, cause);
    this.outOfMemory = outOfMemory;
  }

  public InferenceException(String message) {
    this(message, false, null);
  }

  public boolean isOutOfMemory() {
    return outOfMemory;
  }
}
