package io.stillstream.trainer.input;

import io.micrometer.core.instrument.MeterRegistry;
import io.stillstream.runtime.records.RecordValueDeserializer;
import io.stillstream.schemas.AugmentedView;
import io.stillstream.schemas.LabeledView;
import io.stillstream.schemas.answer.LabeledAnswers;
import io.stillstream.trainer.config.TrainerConfig;
import io.stillstream.trainer.config.TrainerConfig.Input;
import java.util.function.Function;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/**
 * Reads the records of the input topic. A view without a teacher becomes a labelled view without
 * teachers and logits, as the labeler makes them beyond its label budget.
 */
public final class ViewRecordReader implements AutoCloseable {
  private final RecordValueDeserializer<?> reader;
  private final Function<ConsumerRecord<byte[], byte[]>, LabeledView> decoder;

  private ViewRecordReader(
      RecordValueDeserializer<?> reader,
      Function<ConsumerRecord<byte[], byte[]>, LabeledView> decoder) {
    this.reader = reader;
    this.decoder = decoder;
  }

  public static ViewRecordReader open(TrainerConfig config, MeterRegistry registry) {
    return config.input() == Input.VIEWS
        ? ofViews(new RecordValueDeserializer<>(AugmentedView.class, config.kafka(), registry))
        : ofLabeledViews(
            new RecordValueDeserializer<>(LabeledView.class, config.kafka(), registry));
  }

  public static ViewRecordReader ofLabeledViews(RecordValueDeserializer<LabeledView> reader) {
    return new ViewRecordReader(
        reader, record -> reader.deserialize(record.topic(), record.headers(), record.value()));
  }

  static ViewRecordReader ofViews(RecordValueDeserializer<AugmentedView> reader) {
    return new ViewRecordReader(
        reader,
        record -> unlabelled(reader.deserialize(record.topic(), record.headers(), record.value())));
  }

  private static LabeledView unlabelled(AugmentedView view) {
    return LabeledAnswers.passedOver(view, view.getAugmentedAt());
  }

  /**
   * Reads one record.
   *
   * @throws io.stillstream.runtime.records.BadRecordException if it is no view
   * @throws io.stillstream.schemas.registry.RegistryUnavailableException if the registry is away
   */
  public LabeledView read(ConsumerRecord<byte[], byte[]> record) {
    return decoder.apply(record);
  }

  /** Whether the registry answered the last request. */
  public boolean registryAvailable() {
    return reader.registryAvailable();
  }

  @Override
  public void close() {
    reader.close();
  }
}
