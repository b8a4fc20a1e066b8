package io.stillstream.page.trainer;

import java.io.IOException;

/** The trainer gave no usable answer. The message names the URL and the reason. */
public final class TrainerUnavailableException extends IOException {
  private static final long serialVersionUID = 1;
  private static final int UNAUTHORIZED = 401;
  private static final int NOT_FOUND = 404;

  private final int status;

  TrainerUnavailableException(int status, String message) {
    super(message);
    this.status = status;
  }

  TrainerUnavailableException(String message, Throwable cause) {
    super(message, cause);
    this.status = 0;
  }

  /** Whether the server refuses user and password. */
  public boolean isUnauthorized() {
    return status == UNAUTHORIZED;
  }

  /** Whether the server does not know the path, so that it is no trainer. */
  public boolean isNotFound() {
    return status == NOT_FOUND;
  }
}
