package io.stillstream.trainer.erasure;

import io.stillstream.trainer.batch.OffsetTrackingQueue;
import io.stillstream.trainer.erasure.ErasureRequests.ErasureRequest;
import io.stillstream.trainer.training.OnlineTraining;
import io.stillstream.trainer.training.TrainerMetrics;
import io.stillstream.trainer.training.example.TrainingExample;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;
import org.apache.kafka.common.errors.RetriableException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Removes views of images that are to be forgotten from where the trainer keeps them: from the
 * buffer, from what waits for a batch, and, by a round of new checkpoints, from the disk. Belongs
 * to the loop's thread.
 */
public final class ErasureHandler {
  private static final Logger LOG = LoggerFactory.getLogger(ErasureHandler.class);
  private static final Duration EVERY = Duration.ofSeconds(1);
  private static final Duration DISCOVERY = Duration.ofSeconds(10);

  private final ErasureRequests forgotten;
  private final OnlineTraining training;
  private final ErasureCheckpointRotation rotation;
  private final TrainerMetrics metrics;
  private final BiConsumer<ErasureRequest, ErasureResult> done;
  private final Map<ErasureRequest, ErasureResult> open = new LinkedHashMap<>();
  private int unknown;
  private long lastLook;
  private long lastDiscovery;

  /**
   * What came of a request.
   *
   * @param views removed from memory
   * @param unknown views that are still there, and of which it is not known of which image they are
   */
  public record ErasureResult(int views, int unknown) {}

  /**
   * @param done told of each request and what came of it, when none is left
   */
  public ErasureHandler(
      ErasureRequests forgotten,
      OnlineTraining training,
      ErasureCheckpointRotation rotation,
      TrainerMetrics metrics,
      BiConsumer<ErasureRequest, ErasureResult> done) {
    this.forgotten = forgotten;
    this.training = training;
    this.rotation = rotation;
    this.metrics = metrics;
    this.done = done;
  }

  /**
   * Reads what was asked for while nobody trained. An older checkpoint, after a damage, may hold
   * what was forgotten before: so all of it is looked for.
   *
   * @param known positions before which nothing is in any checkpoint
   * @param resumed whether there was a checkpoint; without, there is nothing to forget
   */
  public void begin(
      Map<Integer, Long> known, boolean resumed, OffsetTrackingQueue pending, long nanos) {
    lastLook = nanos;
    lastDiscovery = nanos;
    List<ErasureRequest> requests = new ArrayList<>(forgotten.readAll());
    Map<Integer, Long> ends = forgotten.positions();
    // Beyond the end, the topic is another one than the checkpoint knows.
    requests.removeIf(
        request -> {
          long from = known.getOrDefault(request.partition(), 0L);
          return from <= ends.getOrDefault(request.partition(), 0L) && request.offset() < from;
        });
    if (resumed) {
      remove(requests, pending, nanos);
    } else {
      rotation.markErased(ends);
    }
  }

  /** Looks whether somebody has asked for something, and tells of what is done. */
  public void ifDue(OffsetTrackingQueue pending, long nanos) {
    if (!open.isEmpty() && !rotation.isOpen()) {
      open.forEach(done);
      open.clear();
    }
    if (nanos - lastLook < EVERY.toNanos()) {
      return;
    }
    lastLook = nanos;
    try {
      if (nanos - lastDiscovery >= DISCOVERY.toNanos()) {
        lastDiscovery = nanos;
        boolean unused = forgotten.takeUp();
      }
      List<ErasureRequest> requests = forgotten.poll();
      if (!requests.isEmpty()) {
        remove(requests, pending, nanos);
      }
    } catch (RetriableException e) {
      LOG.atDebug().addKeyValue("cause", e.toString()).log("Brokers are away");
    }
  }

  /** Whether a view must not be trained on. */
  public boolean isErased(TrainingExample view) {
    boolean refused = !forgotten.isEmpty() && forgotten.holds(view);
    if (refused) {
      metrics.erased(1);
    }
    return refused;
  }

  private void remove(List<ErasureRequest> requests, OffsetTrackingQueue pending, long nanos) {
    Map<Long, Integer> removed = new HashMap<>();
    unknown = 0;
    int views =
        training.removeIf(view -> isForgotten(view, removed))
            + pending.removeIf(view -> isForgotten(view, removed), nanos);
    metrics.erased(views);
    for (ErasureRequest request : requests) {
      int ofImage = removed.getOrDefault(request.image().number(), 0);
      open.put(request, new ErasureResult(ofImage, unknown));
    }
    if (views > 0 || !requests.isEmpty()) {
      rotation.begin(forgotten.positions());
      LOG.atInfo()
          .addKeyValue("requests", requests.size())
          .addKeyValue("views", views)
          .log("Views of images that are to be forgotten were removed");
    }
  }

  private boolean isForgotten(TrainingExample view, Map<Long, Integer> removed) {
    // Checkpoints of earlier formats do not say it.
    unknown += view.image() == 0 ? 1 : 0;
    if (forgotten.isEmpty() || !forgotten.holds(view)) {
      return false;
    }
    removed.merge(view.image(), 1, Integer::sum);
    if (view.partner() != 0) {
      removed.merge(view.partner(), 1, Integer::sum);
    }
    return true;
  }
}
