package io.stillstream.labeler.remote;

import io.grpc.Status.Code;
import io.grpc.StatusRuntimeException;
import java.util.regex.Pattern;

/** What a failed request says of the server, and of the batch. */
enum FailureKind {
  /** The server is away or overloaded: soon it may answer. */
  PASSING,
  /** It does not answer in time, refuses this client, or lacks the model: asking soon is no use. */
  LASTING,
  /** A message is larger than one of the two takes. */
  SIZE,
  /** The server says that it cannot infer this batch. */
  BATCH,
  /** The batch, or the server: servers in Python answer so to whatever a model throws. */
  UNCLEAR;

  /** In the words of the gRPC libraries of C++ and Python, Java, and Go. */
  private static final Pattern TOO_LARGE =
      Pattern.compile("message (?:is )?(?:larger|too large|exceeds)", Pattern.CASE_INSENSITIVE);

  static FailureKind of(StatusRuntimeException failure) {
    return switch (failure.getStatus().getCode()) {
      case UNAVAILABLE, ABORTED, CANCELLED -> PASSING;
      case RESOURCE_EXHAUSTED -> isSize(failure) ? SIZE : PASSING;
      case DEADLINE_EXCEEDED, UNAUTHENTICATED, PERMISSION_DENIED, NOT_FOUND -> LASTING;
      case UNKNOWN, INTERNAL -> UNCLEAR;
      default -> BATCH;
    };
  }

  /** Whether a question for metadata is to be asked again; else it is refused for good. */
  static boolean isOfTheMoment(StatusRuntimeException failure) {
    FailureKind kind = of(failure);
    return kind == PASSING
        || kind == UNCLEAR
        || failure.getStatus().getCode() == Code.DEADLINE_EXCEEDED;
  }

  private static boolean isSize(StatusRuntimeException failure) {
    return TOO_LARGE.matcher(String.valueOf(failure.getStatus().getDescription())).find();
  }

  /** In one line: what the server says, or why there is no connection. */
  static String describe(StatusRuntimeException e) {
    Throwable root = e;
    while (root.getCause() != null) {
      root = root.getCause();
    }
    String said = firstLine(e.getStatus().getDescription());
    return e.getStatus().getCode()
        + (said.isEmpty() ? "" : ": " + said)
        + (root == e ? "" : " (" + firstLine(root.getMessage()) + ")");
  }

  private static String firstLine(String text) {
    return text == null ? "" : text.lines().findFirst().orElse("");
  }
}
