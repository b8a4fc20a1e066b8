package io.stillstream.labeler.inference;

import io.stillstream.labeler.input.ConsumedRecord;
import io.stillstream.labeler.result.EncodedResult;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.kafka.common.errors.InterruptException;

/**
 * Runs batches through three steps: preprocessing on some threads, inference on one thread for each
 * lane, encoding on another thread. While one batch is inferred the next is preprocessed and the
 * last is encoded. Batches come out in the order in which they were submitted. At most two more
 * batches than lanes are in flight.
 *
 * <p>The methods belong to one thread.
 */
public final class InferencePipeline implements AutoCloseable {
  /** One that is prepared or waits for a lane, one that is encoded or waits to be taken. */
  private static final int OUTSIDE_LANES = 2;

  /** For threads to end: an inference that has begun cannot be cancelled. */
  private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(10);

  private final BatchTaskFactory tasks;
  private final ExecutorService preprocessors;
  private final List<Lane> lanes;
  private final ExecutorService encoder;
  private final Deque<InFlightBatch> inFlight = new ArrayDeque<>();

  /** Cancelled, but not finished: a step that has begun holds memory, and perhaps a lane. */
  private final List<InFlightBatch> cancelled = new ArrayList<>();

  /**
   * @param lanes how many batches the teacher infers at a time
   */
  public InferencePipeline(BatchTaskFactory tasks, int decodeThreads, int lanes) {
    this.tasks = tasks;
    this.preprocessors = threads("labeler-decode", decodeThreads);
    this.lanes = IntStream.range(0, lanes).mapToObj(Lane::new).toList();
    this.encoder = threads("labeler-encode", 1);
  }

  /** Maximal number of batches at a time. */
  int capacity() {
    return lanes.size() + OUTSIDE_LANES;
  }

  public boolean hasRoom() {
    cancelled.removeIf(InFlightBatch::isDone);
    return inFlight.size() + cancelled.size() < capacity();
  }

  public boolean isEmpty() {
    return inFlight.isEmpty();
  }

  /** Views that have been submitted and not taken. */
  public int views() {
    return inFlight.stream().mapToInt(batch -> batch.records().size()).sum();
  }

  /** See {@link BatchTaskFactory#registerSchema}. */
  public CompletableFuture<Void> registerSchema() {
    return CompletableFuture.runAsync(tasks::registerSchema, encoder);
  }

  /** Adds a batch of at least one record; there must be room. */
  public void submit(List<ConsumedRecord> records) {
    InFlightBatch batch = new InFlightBatch(records);
    launch(batch);
    inFlight.add(batch);
  }

  public boolean isOldestDone() {
    return !inFlight.isEmpty() && inFlight.peek().isDone();
  }

  /** Waits until the oldest batch is done, at most for this long. */
  public void awaitOldest(Duration timeout) {
    try {
      var unused = inFlight.element().results().get(timeout.toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException | ExecutionException e) {
      // The results tell the caller.
    } catch (InterruptedException e) {
      throw new InterruptException(e);
    }
  }

  /**
   * The results of the oldest batch, one for each record. If the batch failed because the registry
   * or the teacher's server was away it is launched again, and so is every other such batch.
   */
  public CompletableFuture<List<EncodedResult>> oldest() {
    if (inFlight.element().failedOnNeighbour()) {
      inFlight.stream().filter(InFlightBatch::failedOnNeighbour).forEach(this::launch);
    }
    return inFlight.element().results();
  }

  /** Removes the oldest batch and returns its records. */
  public List<ConsumedRecord> take() {
    return inFlight.remove().records();
  }

  /** Drops all batches. A step that has begun ends, and its result is dropped. */
  public void cancelAll() {
    inFlight.forEach(InFlightBatch::cancel);
    cancelled.addAll(inFlight);
    inFlight.clear();
  }

  @Override
  public void close() {
    cancelAll();
    List<ExecutorService> all =
        Stream.concat(Stream.of(preprocessors, encoder), lanes.stream().map(Lane::thread)).toList();
    all.forEach(ExecutorService::shutdownNow);
    try {
      for (ExecutorService threads : all) {
        boolean unused = threads.awaitTermination(CLOSE_TIMEOUT.toMillis(), TimeUnit.MILLISECONDS);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void launch(InFlightBatch batch) {
    BatchTaskFactory.Task task =
        tasks.begin(batch.records().stream().map(ConsumedRecord::record).toList());
    batch.launched(
        whenClear(batch, task.isExclusive())
            .thenApplyAsync(clear -> preprocess(batch, task), preprocessors)
            .thenCompose(
                lane -> CompletableFuture.runAsync(() -> infer(batch, task, lane), lane.thread))
            .thenApplyAsync(inferred -> encode(batch, task), encoder)
            .whenComplete((results, failure) -> task.close()),
        task.isExclusive());
  }

  /** An exclusive batch waits for all others in flight, and all others wait for it. */
  private CompletableFuture<Void> whenClear(InFlightBatch batch, boolean exclusive) {
    return CompletableFuture.allOf(
            Stream.concat(cancelled.stream(), inFlight.stream())
                .filter(other -> other != batch && (exclusive || other.isExclusive()))
                .map(InFlightBatch::results)
                .toArray(CompletableFuture<?>[]::new))
        .handle((done, failure) -> null);
  }

  private Lane preprocess(InFlightBatch batch, BatchTaskFactory.Task task) {
    batch.throwIfCancelled();
    Lane lane = leastBusy();
    try {
      task.preprocess(lane.number);
      return lane;
    } catch (RuntimeException | Error e) {
      lane.batches.decrementAndGet();
      throw e;
    }
  }

  private static void infer(InFlightBatch batch, BatchTaskFactory.Task task, Lane lane) {
    try {
      batch.throwIfCancelled();
      task.infer();
    } finally {
      lane.batches.decrementAndGet();
    }
  }

  private static List<EncodedResult> encode(InFlightBatch batch, BatchTaskFactory.Task task) {
    batch.throwIfCancelled();
    return task.encode();
  }

  /** Called by several decoder threads. */
  private synchronized Lane leastBusy() {
    Lane lane =
        lanes.stream().min(Comparator.comparingInt(each -> each.batches.get())).orElseThrow();
    lane.batches.incrementAndGet();
    return lane;
  }

  private static ExecutorService threads(String name, int count) {
    return Executors.newFixedThreadPool(count, work -> new Thread(work, name));
  }

  private static final class Lane {
    private final int number;
    private final ExecutorService thread;
    private final AtomicInteger batches = new AtomicInteger();

    private Lane(int number) {
      this.number = number;
      this.thread = threads("labeler-infer-" + number, 1);
    }

    private ExecutorService thread() {
      return thread;
    }
  }
}
