package io.stillstream.labeler.inference;

import io.stillstream.labeler.result.EncodedResult;
import java.util.List;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/**
 * Turns batches of records into what is to be sent for each record, in three steps that may each
 * have a thread of their own. Sends nothing and keeps no state, so it can be repeated.
 */
public interface BatchTaskFactory {
  /**
   * Begins a batch; returns at once. Batches begin in the order in which they were read. The caller
   * closes the task.
   */
  Task begin(List<ConsumerRecord<byte[], byte[]>> records);

  /**
   * Registers the schema of what is written, if the registry knows what is read.
   *
   * @throws io.stillstream.schemas.registry.RegistryUnavailableException if it cannot be now
   */
  void registerSchema();

  /**
   * One batch. The steps are called in this order, one at a time; each may throw {@link
   * io.stillstream.schemas.registry.RegistryUnavailableException} or {@link
   * io.stillstream.labeler.model.TeacherUnavailableException}, and then the whole batch is to be
   * repeated.
   */
  interface Task extends AutoCloseable {
    /** Whether no other batch may be in flight while this one is. */
    boolean isExclusive();

    /**
     * Decodes the records and prepares the pixels for the teacher.
     *
     * @param lane which of the teacher's lanes will infer
     */
    void preprocess(int lane);

    /** Runs the teacher. */
    void infer();

    /** One result for each record, in their order. */
    List<EncodedResult> encode();

    /** Releases what the batch holds, after any step. */
    @Override
    void close();
  }
}
