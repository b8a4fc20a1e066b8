package io.stillstream.labeler.inference;

import io.stillstream.labeler.result.EncodedResult;
import java.util.List;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/**
 * Turns batches of records into what is to be sent for each, in three steps of which each may have
 * a thread of its own. Sends nothing and remembers nothing, so it can be done again.
 */
public interface BatchLabeler {
  /**
   * Takes a batch up, in the order in which batches are read; returns at once. The caller closes
   * the work.
   */
  Task begin(List<ConsumerRecord<byte[], byte[]>> records);

  /**
   * Has the schema of what is written registered, so that this is not found wanting later, if the
   * registry knows what is read.
   *
   * @throws io.stillstream.schemas.registry.RegistryUnavailableException if it cannot be now
   */
  void prepare();

  /**
   * One batch. The steps are called in this order, one at a time; each may throw {@link
   * io.stillstream.schemas.registry.RegistryUnavailableException} if schemas cannot be had now, and
   * then the whole batch is to be done again.
   */
  interface Task extends AutoCloseable {
    /** Whether no other batch may be in hand while this one is. */
    boolean isExclusive();

    /**
     * Decodes, and lays out what the teacher is to be asked.
     *
     * @param lane which of the teacher's lanes is going to be asked
     */
    void decode(int lane);

    /** Asks the teacher. */
    void infer();

    /** One outcome for each record, in their order. */
    List<EncodedResult> encode();

    /** Gives back what the batch held, however far it came. */
    @Override
    void close();
  }
}
