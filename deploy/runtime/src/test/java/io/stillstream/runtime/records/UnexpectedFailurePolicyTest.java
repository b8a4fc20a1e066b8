package io.stillstream.runtime.records;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.stillstream.schemas.registry.RegistryUnavailableException;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.SerializationException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class UnexpectedFailurePolicyTest {
  private static final RecordCoordinates RECORD = new RecordCoordinates("images", 1, 7);

  private final AtomicInteger calls = new AtomicInteger();
  private long offset;
  private final UnexpectedFailurePolicy failures =
      new UnexpectedFailurePolicy(3, List.of(UnsupportedOperationException.class));

  @Test
  void shouldRefuseARecordAfterThreeTries() {
    assertThatThrownBy(() -> failures.run(RECORD, failing(new ArithmeticException("overflow"))))
        .isInstanceOf(BadRecordException.class)
        .hasMessage("java.lang.ArithmeticException: overflow")
        .extracting(e -> ((BadRecordException) e).reason())
        .isEqualTo("failed");
    assertThat(calls).hasValue(3);
  }

  @Test
  void shouldBeContentWithALaterTry() {
    // when
    String result =
        failures.run(
            RECORD,
            () -> {
              if (calls.incrementAndGet() < 3) {
                throw new StackOverflowError();
              }
              return "done";
            });
    // then
    assertThat(result).isEqualTo("done");
  }

  @Test
  void shouldLetGoUpAtOnceWhatIsNoFaultOfTheRecord() {
    for (Throwable other :
        new Throwable[] {
          new BadRecordException("shape", "too small"),
          new RegistryUnavailableException("away"),
          new KafkaException("fenced"),
          new SerializationException("the registry refuses the schema"),
          new UnsupportedOperationException("as the caller said"),
          new TooManyFailuresException("enough"),
          new InternalError("of the virtual machine")
        }) {
      calls.set(0);
      assertThatThrownBy(() -> failures.run(RECORD, failing(other))).isSameAs(other);
      assertThat(calls).hasValue(1);
    }
  }

  @Test
  void shouldBlameARecordForErrorsThatOneCanBringAbout() {
    assertThat(failures.isOfRecord(new OutOfMemoryError())).isTrue();
    assertThat(failures.isOfRecord(new UnsatisfiedLinkError())).isTrue();
    assertThat(failures.isOfRecord(new AssertionError())).isTrue();
  }

  @Test
  void shouldBlameNoRecordOnceItsThreadIsToEnd() {
    // given
    Thread.currentThread().interrupt();
    // when
    boolean blamed = failures.isOfRecord(new IllegalStateException("interrupted"));
    boolean interrupted = Thread.interrupted();
    // then
    assertThat(blamed).isFalse();
    assertThat(interrupted).isTrue();
  }

  @Test
  void shouldBlameTheProgramForRecordsThatFailInARow() {
    // given
    refuse();
    refuse();
    failures.succeeded();
    refuse();
    refuse();
    // then
    assertThatThrownBy(() -> failures.run(RECORD, failing(new NullPointerException("why"))))
        .isInstanceOf(TooManyFailuresException.class)
        .hasMessage(
            "3 records in a row failed unexpectedly (max-consecutive-failures), the last one,"
                + " images-1@7, with java.lang.NullPointerException: why");
  }

  @Test
  void shouldCountARecordOnceThatComesBackWithItsBatch() {
    // given
    for (int i = 0; i < 200; i++) {
      BadRecordException unused = failures.badRecord(RECORD, new Unforeseen());
    }
    // then: it is one of three
    refuse();
    assertThatThrownBy(() -> failures.badRecord(next(), new Unforeseen()))
        .isInstanceOf(TooManyFailuresException.class)
        .hasMessageStartingWith("3 records in a row");
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1000})
  void shouldHaveTheLimitThatIsSet(int limit) {
    // given
    UnexpectedFailurePolicy lenient = new UnexpectedFailurePolicy(limit);
    // when
    for (int i = 0; i < 100; i++) {
      BadRecordException unused = lenient.badRecord(next(), new Unforeseen());
    }
    // then
    assertThat(lenient.isOfRecord(new Unforeseen())).isTrue();
  }

  private void refuse() {
    RecordCoordinates record = next();
    assertThatThrownBy(() -> failures.run(record, failing(new Unforeseen())))
        .isInstanceOf(BadRecordException.class);
  }

  private RecordCoordinates next() {
    return new RecordCoordinates("images", 0, offset++);
  }

  private Supplier<String> failing(Throwable failure) {
    return () -> {
      calls.incrementAndGet();
      if (failure instanceof Error error) {
        throw error;
      }
      throw (RuntimeException) failure;
    };
  }

  /** Without a stack trace: hundreds of them are logged. */
  private static final class Unforeseen extends RuntimeException {
    private static final long serialVersionUID = 1;

    Unforeseen() {
      super(null, null, false, false);
    }
  }
}
