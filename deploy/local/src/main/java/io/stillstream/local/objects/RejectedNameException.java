package io.stillstream.local.objects;

import java.io.IOException;

/** An object cannot be written under its name, while others can be. */
public final class RejectedNameException extends IOException {
  private static final long serialVersionUID = 1L;

  RejectedNameException(String message) {
    super(message);
  }

  static RejectedNameException occupied(String uri) {
    return new RejectedNameException(
        uri + " is there already, and is another image; choose another --to or --source");
  }
}
