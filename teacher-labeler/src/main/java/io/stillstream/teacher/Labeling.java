package io.stillstream.teacher;

import java.util.List;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/**
 * Turns a batch of records into what is to be sent for each. Sends nothing and remembers nothing,
 * so it can be done again.
 */
interface Labeling {
  /**
   * Labels or refuses each record.
   *
   * @return one outcome for each record, in their order
   * @throws io.stillstream.schemas.wire.RegistryUnavailableException if schemas cannot be had now;
   *     nothing has been done then
   */
  List<Outcome> label(List<ConsumerRecord<byte[], byte[]>> records);

  /**
   * Has the schema of what is written registered, so that this is not found wanting later.
   *
   * @throws io.stillstream.schemas.wire.RegistryUnavailableException if it cannot be now
   */
  void prepare();
}
