package io.stillstream.labeler.remote;

import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.Status;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class FailureKindTest {
  @ParameterizedTest
  @CsvSource({
    "UNAVAILABLE, PASSING, true",
    "ABORTED, PASSING, true",
    "CANCELLED, PASSING, true",
    "RESOURCE_EXHAUSTED, PASSING, true",
    "DEADLINE_EXCEEDED, LASTING, true",
    "NOT_FOUND, LASTING, false",
    "UNAUTHENTICATED, LASTING, false",
    "PERMISSION_DENIED, LASTING, false",
    "UNKNOWN, UNCLEAR, true",
    "INTERNAL, UNCLEAR, true",
    "INVALID_ARGUMENT, BATCH, false",
    "FAILED_PRECONDITION, BATCH, false",
    "OUT_OF_RANGE, BATCH, false",
    "UNIMPLEMENTED, BATCH, false",
    "DATA_LOSS, BATCH, false"
  })
  void shouldSortByTheCode(Status.Code code, FailureKind kind, boolean ofTheMoment) {
    assertThat(FailureKind.of(code.toStatus().asRuntimeException())).isEqualTo(kind);
    assertThat(FailureKind.isOfTheMoment(code.toStatus().asRuntimeException()))
        .isEqualTo(ofTheMoment);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "Received message larger than max (6422620 vs. 4194304)",
        "SERVER: Received message larger than max (6422620 vs. 4194304)",
        "gRPC message exceeds maximum size 4194304: 6422620",
        "grpc: received message larger than max (6422620 vs. 4194304)"
      })
  void shouldKnowAMessageThatIsTooLarge(String description) {
    assertThat(
            FailureKind.of(
                Status.RESOURCE_EXHAUSTED.withDescription(description).asRuntimeException()))
        .isEqualTo(FailureKind.SIZE);
  }

  @Test
  void shouldNotTakeAFullQueueForATooLargeMessage() {
    assertThat(
            FailureKind.of(
                Status.RESOURCE_EXHAUSTED
                    .withDescription("Exceeds maximum queue size")
                    .asRuntimeException()))
        .isEqualTo(FailureKind.PASSING);
  }
}
