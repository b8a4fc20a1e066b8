package io.stillstream.trainer.resources;

import io.stillstream.runtime.records.UnexpectedFailurePolicy;
import io.stillstream.trainer.checkpoint.store.TrainerState;
import io.stillstream.trainer.erasure.ErasureHandler;
import io.stillstream.trainer.input.LabelConverter;
import io.stillstream.trainer.input.LabeledViewValidator;
import io.stillstream.trainer.input.RecordConverter;
import io.stillstream.trainer.input.UnusedRecords;
import io.stillstream.trainer.label.TruthValidator;
import io.stillstream.trainer.loop.LabelApplier;
import io.stillstream.trainer.loop.LoopControl;
import io.stillstream.trainer.loop.ViewFetcher;
import io.stillstream.trainer.publish.DeadLetterProducer;
import io.stillstream.trainer.status.Heartbeat;
import io.stillstream.trainer.training.NextBatchPrefetch;
import io.stillstream.trainer.training.TrainerMetrics;
import io.stillstream.trainer.training.decode.DecodePool;
import io.stillstream.trainer.training.example.BatchBuilder;
import io.stillstream.trainer.training.example.TrainingExample;
import java.util.Optional;
import java.util.function.UnaryOperator;

/** Puts together what fetches views, and the labels that come between them. */
public final class FetcherFactory {
  private final TrainerContext context;
  private final InputResources input;
  private final Optional<LabelResources> labels;
  private final DecodePool pool;
  private final DeadLetterProducer deadLetters;
  private final UnexpectedFailurePolicy failures;
  private final UnusedRecords unused;

  public FetcherFactory(
      TrainerContext context,
      InputResources input,
      Optional<LabelResources> labels,
      DecodePool pool,
      DeadLetterProducer deadLetters,
      UnexpectedFailurePolicy failures,
      TrainerMetrics metrics) {
    this.context = context;
    this.input = input;
    this.labels = labels;
    this.pool = pool;
    this.deadLetters = deadLetters;
    this.failures = failures;
    this.unused = new UnusedRecords(deadLetters, metrics);
  }

  /**
   * The fetcher of one run.
   *
   * @param initial what the training continues from
   */
  public ViewFetcher create(
      BatchBuilder batches,
      ErasureHandler erasures,
      TrainerState initial,
      Heartbeat heartbeat,
      LoopControl control) {
    UnaryOperator<TrainingExample> truths =
        labels.isPresent() ? labels.get().join()::join : UnaryOperator.identity();
    RecordConverter converter =
        new RecordConverter(
            input.reader(),
            new LabeledViewValidator(context.model(), batches),
            pool,
            failures,
            unused,
            erasures::isErased,
            truths,
            input.teacherFits() || initial.viewsSeen() > 0);
    int batchSize = context.config().batch().size();
    return new ViewFetcher(
        input.consumer(),
        converter,
        labels.map(read -> applier(read, erasures, initial)),
        deadLetters,
        new NextBatchPrefetch(batches, batchSize),
        pool.ahead() * batchSize,
        heartbeat,
        control);
  }

  private LabelApplier applier(LabelResources read, ErasureHandler erasures, TrainerState initial) {
    return new LabelApplier(
        new LabelConverter(
            read.reader(), new TruthValidator(context.model()), pool, failures, unused),
        read.join(),
        erasures::isErased,
        initial.labels());
  }
}
