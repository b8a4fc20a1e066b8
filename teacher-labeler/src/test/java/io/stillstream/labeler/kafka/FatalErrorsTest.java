package io.stillstream.labeler.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import org.apache.kafka.clients.consumer.CommitFailedException;
import org.apache.kafka.clients.consumer.NoOffsetForPartitionException;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.FencedInstanceIdException;
import org.apache.kafka.common.errors.InvalidProducerEpochException;
import org.apache.kafka.common.errors.ProducerFencedException;
import org.apache.kafka.common.errors.SaslAuthenticationException;
import org.apache.kafka.common.errors.SerializationException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.errors.TransactionalIdAuthorizationException;
import org.apache.kafka.common.errors.UnsupportedVersionException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class FatalErrorsTest {
  static Exception[] curable() {
    return new Exception[] {
      new ProducerFencedException("fenced"),
      new InvalidProducerEpochException("old"),
      new TimeoutException("late"),
      new CommitFailedException(),
      new KafkaException("in an error state", new ProducerFencedException("fenced")),
      new TransactionalIdAuthorizationException("no"),
      new SaslAuthenticationException("no"),
      new KafkaException("in an error state", new TransactionalIdAuthorizationException("no"))
    };
  }

  static Exception[] incurable() {
    return new Exception[] {
      new UnsupportedVersionException("old broker"),
      new FencedInstanceIdException("twice"),
      new SerializationException("refused"),
      new NoOffsetForPartitionException(new TopicPartition("views", 0))
    };
  }

  @ParameterizedTest
  @MethodSource("curable")
  void shouldGoOnAfterWhatTimeCures(Exception failure) {
    assertThat(FatalErrors.isFatal(failure)).isFalse();
  }

  @ParameterizedTest
  @MethodSource("incurable")
  void shouldEndAtWhatOnlyAPersonCures(Exception failure) {
    assertThat(FatalErrors.isFatal(failure)).isTrue();
  }

  @Test
  void shouldCallADefectFatal() {
    assertThat(FatalErrors.isFatal(new IllegalStateException("a defect"))).isTrue();
  }
}
