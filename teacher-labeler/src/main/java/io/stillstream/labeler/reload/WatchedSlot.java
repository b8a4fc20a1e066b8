package io.stillstream.labeler.reload;

import io.stillstream.labeler.model.ModelVersion;
import io.stillstream.labeler.model.TeacherUnavailableException;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A slot and the detector of newer models for it. Belongs to the thread that loads teachers. */
record WatchedSlot(TeacherSlot slot, ModelVersionDetector detector) {
  private static final Logger log = LoggerFactory.getLogger(WatchedSlot.class);

  /**
   * Looks for a newer model, and swaps it in.
   *
   * @param busy set while a model is being loaded; if it is set already, the next poll loads
   */
  void poll(TeacherSwapper swapper, AtomicBoolean busy) {
    try {
      Optional<ModelVersion> found = detector.poll();
      if (found.isPresent() && busy.compareAndSet(false, true)) {
        try {
          swap(swapper, found.get());
        } finally {
          busy.set(false);
        }
      }
    } catch (TeacherUnavailableException e) {
      // The source tells its problem until it answers again.
      log.atDebug().addKeyValue("reason", e.getMessage()).log("a teacher's server is away");
    } catch (RuntimeException e) {
      // Whatever it is, the next poll may succeed.
      log.atWarn()
          .addKeyValue("path", slot.source().location())
          .addKeyValue("error", e.toString())
          .log("cannot poll for newer teachers");
    }
  }

  /**
   * Swaps a model in.
   *
   * @throws TeacherUnavailableException if the server that computes it is away
   */
  void swap(TeacherSwapper swapper, ModelVersion version) {
    boolean isNewest = detector.newest().equals(Optional.of(version));
    if (!swapper.swapTo(slot, version)) {
      detector.markUnusable(version);
    } else if (isNewest) {
      // A model requested by name stays until the newest one changes.
      detector.markLoaded(version);
    }
  }
}
