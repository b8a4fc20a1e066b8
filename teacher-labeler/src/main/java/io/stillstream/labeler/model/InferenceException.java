package io.stillstream.labeler.model;

/** A model failed on a batch. The message is one line, for logs and headers. */
public final class InferenceException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final boolean outOfMemory;
  private final boolean ofServer;

  private InferenceException(
      String message, boolean outOfMemory, boolean ofServer, Throwable cause) {
    super(message, cause);
    this.outOfMemory = outOfMemory;
    this.ofServer = ofServer;
  }

  /**
   * @param outOfMemory whether the device ran out of memory: a smaller one may succeed
   */
  public InferenceException(String message, boolean outOfMemory, Throwable cause) {
    this(message, outOfMemory, false, cause);
  }

  public InferenceException(String message) {
    this(message, false, null);
  }

  /**
   * A model on a server failed.
   *
   * @param tooLarge whether the batch was: a smaller one may succeed
   */
  public static InferenceException ofServer(String message, boolean tooLarge, Throwable cause) {
    return new InferenceException(message, tooLarge, true, cause);
  }

  public boolean isOutOfMemory() {
    return outOfMemory;
  }

  /** Whether a server failed, which may restart or be repaired while this process goes on. */
  public boolean isOfServer() {
    return ofServer;
  }
}
