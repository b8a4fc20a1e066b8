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
 * Distinguishes failures that may pass, or that a new producer repairs, from those that need an
 * operator. An exception that is not Kafka's is a defect, and fatal.
 */
public final class FatalErrors {
  private static final List<Class<? extends Exception>> KINDS =
      List.of(
          // KIP-1050: unsupported version, invalid topic; what is denied may be allowed later
          InvalidConfigurationException.class,
          ConfigException.class,
          // another process runs under the same instance-id
          FencedInstanceIdException.class,
          // the offsets do not exist, and there is no reset policy
          InvalidOffsetException.class,
          // the registry rejects the schema of what is written
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
