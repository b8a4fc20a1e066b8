package io.stillstream.augmenter;

import io.micrometer.core.instrument.binder.kafka.KafkaStreamsMetrics;
import io.stillstream.augmenter.topology.BrokerProbe;
import io.stillstream.augmenter.topology.RecordAugmenterFactory;
import java.time.Duration;
import org.apache.kafka.streams.CloseOptions;
import org.apache.kafka.streams.KafkaStreams;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a started service has open, closed in reverse.
 *
 * @param staticMember whether the consumers keep their partitions when they close
 */
record AugmenterResources(
    RecordAugmenterFactory augmenters,
    KafkaStreams streams,
    KafkaStreamsMetrics metrics,
    BrokerProbe brokers,
    boolean staticMember)
    implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(AugmenterResources.class);
  private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(30);

  @Override
  public void close() {
    brokers.close();
    metrics.close();
    // A member that leaves frees its partitions at once; a static one will return and keeps them.
    CloseOptions options =
        CloseOptions.timeout(CLOSE_TIMEOUT)
            .withGroupMembershipOperation(
                staticMember
                    ? CloseOptions.GroupMembershipOperation.REMAIN_IN_GROUP
                    : CloseOptions.GroupMembershipOperation.LEAVE_GROUP);
    if (!streams.close(options)) {
      LOG.atWarn()
          .addKeyValue("after", CLOSE_TIMEOUT)
          .log("stream threads did not end in time; their transaction will be aborted");
    }
    augmenters.close();
  }
}
