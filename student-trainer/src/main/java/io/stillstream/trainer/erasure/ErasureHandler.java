package io.stillstream.trainer.erasure;

import io.stillstream.trainer.batch.OffsetTrackingQueue;
import io.stillstream.trainer.erasure.ErasureRequests.ErasureRequest;
import io.stillstream.trainer.label.LabelJoin;
import io.stillstream.trainer.review.ReviewRequester;
import io.stillstream.trainer.training.OnlineTraining;
import io.stillstream.trainer.training.TrainerMetrics;
import io.stillstream.trainer.training.example.TrainingExample;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.common.errors.RetriableException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Erases the views of requested images from the replay buffer, from the queue, from what waits for
 * review, and, by a round of new checkpoints, from the disk. Belongs to the loop's thread.
 */
public final class ErasureHandler {
  private static final Logger LOG = LoggerFactory.getLogger(ErasureHandler.class);
  private static final Duration EVERY = Duration.ofSeconds(1);
  private static final Duration DISCOVERY = Duration.ofSeconds(10);

  private final ErasureRequests erasures;
  private final OnlineTraining training;
  private final ErasureCheckpointRotation rotation;
  private final ReviewRequester reviews;
  private final TrainerMetrics metrics;
  private final Optional<LabelJoin> labels;
  private final Map<ErasureRequest, ErasureResult> open = new LinkedHashMap<>();
  private int unknown;
  private long lastPoll;
  private long lastDiscovery;

  /**
   * The result of a request.
   *
   * @param views removed from memory
   * @param unknown views in memory whose image is not known
   */
  public record ErasureResult(int views, int unknown) {}

  public ErasureHandler(
      ErasureRequests erasures,
      OnlineTraining training,
      ErasureCheckpointRotation rotation,
      ReviewRequester reviews,
      TrainerMetrics metrics,
      Optional<LabelJoin> labels) {
    this.erasures = erasures;
    this.training = training;
    this.rotation = rotation;
    this.reviews = reviews;
    this.metrics = metrics;
    this.labels = labels;
  }

  /**
   * Reads the requests that came while the trainer did not run. An older checkpoint, used after a
   * damage, may contain views that were erased before: so all requests are applied.
   *
   * @param known positions before which no erased view is in any checkpoint
   * @param resumed whether there was a checkpoint; without one there is nothing to erase
   */
  public void begin(
      Map<Integer, Long> known, boolean resumed, OffsetTrackingQueue queue, long nanos) {
    lastPoll = nanos;
    lastDiscovery = nanos;
    List<ErasureRequest> requests = new ArrayList<>(erasures.readAll());
    Map<Integer, Long> ends = erasures.positions();
    // Beyond the end, the topic is another one than the checkpoint knows.
    requests.removeIf(
        request -> {
          long from = known.getOrDefault(request.partition(), 0L);
          return from <= ends.getOrDefault(request.partition(), 0L) && request.offset() < from;
        });
    if (resumed) {
      remove(requests, queue, nanos);
    } else {
      rotation.markErased(ends);
    }
  }

  /** Requests that have been completed since the last call, in memory and on disk. */
  public Map<ErasureRequest, ErasureResult> takeCompleted() {
    if (open.isEmpty() || rotation.isOpen()) {
      return Map.of();
    }
    Map<ErasureRequest, ErasureResult> completed = new LinkedHashMap<>(open);
    open.clear();
    return completed;
  }

  /** Polls new requests once a second, and erases their views from memory. */
  public void pollIfDue(OffsetTrackingQueue queue, long nanos) {
    if (nanos - lastPoll < EVERY.toNanos()) {
      return;
    }
    lastPoll = nanos;
    try {
      if (nanos - lastDiscovery >= DISCOVERY.toNanos()) {
        lastDiscovery = nanos;
        boolean unused = erasures.assignPartitions();
      }
      List<ErasureRequest> requests = erasures.poll();
      if (!requests.isEmpty()) {
        remove(requests, queue, nanos);
      }
    } catch (RetriableException e) {
      LOG.atDebug().addKeyValue("cause", e.toString()).log("Brokers are away");
    }
  }

  /** Whether a view must not be trained on. */
  public boolean isErased(TrainingExample view) {
    boolean refused = !erasures.isEmpty() && erasures.contains(view);
    if (refused) {
      metrics.erased(1);
    }
    return refused;
  }

  /** Whether nothing must be kept of an image. */
  public boolean isErased(long image) {
    return erasures.contains(image);
  }

  private void remove(List<ErasureRequest> requests, OffsetTrackingQueue queue, long nanos) {
    Map<Long, Integer> removed = new HashMap<>();
    unknown = 0;
    int views =
        training.removeIf(view -> isToBeErased(view, removed))
            + queue.removeIf(view -> isToBeErased(view, removed), nanos);
    labels.ifPresent(table -> table.erase(erasures::contains));
    reviews.erase(erasures::contains);
    metrics.erased(views);
    for (ErasureRequest request : requests) {
      int ofImage = removed.getOrDefault(request.image().number(), 0);
      open.put(request, new ErasureResult(ofImage, unknown));
    }
    if (views > 0 || !requests.isEmpty()) {
      rotation.begin(erasures.positions());
      LOG.atInfo()
          .addKeyValue("requests", requests.size())
          .addKeyValue("views", views)
          .log("Views of images that are to be erased were removed");
    }
  }

  private boolean isToBeErased(TrainingExample view, Map<Long, Integer> removed) {
    // Views from checkpoints of earlier formats have no image number.
    unknown += view.image() == 0 ? 1 : 0;
    if (erasures.isEmpty() || !erasures.contains(view)) {
      return false;
    }
    removed.merge(view.image(), 1, Integer::sum);
    if (view.partner() != 0) {
      removed.merge(view.partner(), 1, Integer::sum);
    }
    return true;
  }
}
