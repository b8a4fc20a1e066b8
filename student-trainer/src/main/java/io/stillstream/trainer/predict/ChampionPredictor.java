package io.stillstream.trainer.predict;

import io.stillstream.runtime.config.StartupException;
import io.stillstream.schemas.answer.ModelTask;
import io.stillstream.schemas.image.FixedShapeResizer;
import io.stillstream.trainer.release.Release;
import io.stillstream.trainer.release.ReleaseStore;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Predicts with the champion. One thread does everything that has to do with the model, and looks
 * now and then which release is champion: so a request meets the old one or the new one, and never
 * none. A champion that cannot be loaded leaves the one before in place.
 */
public final class ChampionPredictor implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(ChampionPredictor.class);

  private final ReleaseStore store;
  private final int threads;
  private final long maxPixels;
  private final Duration look;
  private final ScheduledExecutorService thread;
  private volatile ServedModel served;
  private String problem = "";

  /**
   * @param threads that one operator may use, in the whole process
   * @param maxPixels most pixels of an image
   * @param look how often it looks for another champion
   */
  public ChampionPredictor(ReleaseStore store, int threads, long maxPixels, Duration look) {
    this.store = store;
    this.threads = threads;
    this.maxPixels = maxPixels;
    this.look = look;
    this.thread = Executors.newSingleThreadScheduledExecutor(ChampionPredictor::thread);
  }

  private static Thread thread(Runnable task) {
    Thread thread = new Thread(task, "predictor");
    thread.setDaemon(true);
    return thread;
  }

  /** Begins to look for a champion. */
  public void start() {
    Future<?> unused =
        thread.scheduleWithFixedDelay(
            this::pollChampion, 0, look.toMillis(), TimeUnit.MILLISECONDS);
  }

  private void pollChampion() {
    try {
      OptionalLong champion = store.champion();
      if (champion.isPresent()) {
        serve(Release.read(store, champion.getAsLong()));
      }
      problem = "";
    } catch (IOException | IllegalArgumentException | StartupException e) {
      // Once per reason: it is tried again every time.
      if (!problem.equals(String.valueOf(e.getMessage()))) {
        problem = String.valueOf(e.getMessage());
        LOG.atWarn().addKeyValue("cause", problem).log("Champion cannot be served");
      }
    }
  }

  private void serve(Release release) throws IOException {
    ServedModel before = served;
    if (before != null && before.isOf(release)) {
      return;
    }
    served = ServedModel.load(release, threads, maxPixels);
    LOG.atInfo().addKeyValue("version", release.card().version()).log("Predicting with a release");
    if (before != null) {
      before.close();
    }
  }

  /** What brings images to the champion's size; empty before the first release. */
  Optional<FixedShapeResizer> fit() {
    return Optional.ofNullable(served).map(ServedModel::fit);
  }

  /** What the champion answers with; empty before the first release. */
  Optional<ModelTask> task() {
    return Optional.ofNullable(served).map(ServedModel::task);
  }

  /**
   * @param hwc unsigned bytes [H, W, C], made by {@link #fit}
   * @return empty if there is no release yet, or it has been closed
   */
  Optional<Prediction> predict(byte[] hwc) throws InterruptedException {
    Future<Optional<Prediction>> answer;
    try {
      answer = thread.submit(() -> Optional.ofNullable(served).map(model -> model.predict(hwc)));
    } catch (RejectedExecutionException e) {
      return Optional.empty();
    }
    try {
      return answer.get();
    } catch (ExecutionException e) {
      throw new IllegalStateException("prediction failed: " + e.getCause(), e.getCause());
    }
  }

  /** Answers what has been asked, and closes. */
  @Override
  public void close() {
    try {
      thread.execute(this::release);
    } catch (RejectedExecutionException e) {
      return;
    }
    thread.shutdown();
    boolean interrupted = false;
    while (true) {
      try {
        if (thread.awaitTermination(1, TimeUnit.MINUTES)) {
          break;
        }
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  private void release() {
    if (served != null) {
      served.close();
      served = null;
    }
  }
}
