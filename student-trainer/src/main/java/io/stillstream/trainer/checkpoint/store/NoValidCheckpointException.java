package io.stillstream.trainer.checkpoint.store;

import java.io.IOException;

/** There are checkpoints, and none of them is sound; the message says where. */
public final class NoValidCheckpointException extends IOException {
  private static final long serialVersionUID = 1L;

  NoValidCheckpointException(String message) {
    super(message);
  }
}
