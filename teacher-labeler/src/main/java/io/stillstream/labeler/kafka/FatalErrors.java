package io.stillstream.labeler.kafka;

import io.stillstream.runtime.access.AuthorizationFailures;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.apache.kafka.clients.consumer.InvalidOffsetException;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.common.errors.FencedInstanceIdException;
import org.apache.kafka.common.errors.InvalidConfigurationException;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.errors.SerializationException;

/**
 * Tells failures that time or a new producer cures from those that only a person cures. Whatever
 * Kafka does not throw is a defect, and fatal.
 */
public final class FatalErrors {
  private static final List<Class<? extends Exception>> KINDS =
      List.of(
          // KIP-1050: unsupported version, invalid topic; what is refused may be allowed again
          InvalidConfigurationException.class,
          ConfigException.class,
          // another process runs under the same instance-id
          FencedInstanceIdException.class,
          // the offsets are gone, or were never there, and no reset policy says what to do
          InvalidOffsetException.class,
          // the registry refuses the schema of what is written
          SerializationException.class,
          // sizes are checked before; the topic's limit must have been lowered since
          RecordTooLargeException.class);

  private FatalErrors() {}

  public static boolean isFatal(Throwable failure) {
    if (!(failure instanceof KafkaException)) {
      return true;
    }
    if (AuthorizationFailures.find(failure).isPresent()) {
      return false;
    }
    return Stream.iterate(failure, Objects::nonNull, Throwable::getCause)
        .anyMatch(cause -> KINDS.stream().anyMatch(kind -> kind.isInstance(cause)));
  }
}
