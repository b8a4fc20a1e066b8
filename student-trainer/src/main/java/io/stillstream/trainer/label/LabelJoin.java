package io.stillstream.trainer.label;

import io.stillstream.trainer.batch.OffsetTrackingQueue;
import io.stillstream.trainer.checkpoint.store.CheckpointPart;
import io.stillstream.trainer.checkpoint.store.CheckpointStore;
import io.stillstream.trainer.training.LateTruth;
import io.stillstream.trainer.training.OnlineTraining;
import io.stillstream.trainer.training.example.LabelTarget;
import io.stillstream.trainer.training.example.TrainingExample;
import io.stillstream.trainer.training.example.ViewMask;
import java.io.DataInputStream;
import java.io.IOException;
import java.util.Map;
import java.util.function.LongPredicate;
import java.util.function.UnaryOperator;

/**
 * Joins labels that come apart from their images with views. Views and labels have to come in one
 * order that the records alone determine; then so is everything that is trained. A later label of
 * an image replaces an earlier one, and any label that came apart the one that came with the image.
 *
 * <p>A label changes what is known of its image: the table of truths, which later views look up,
 * views that wait, views in the replay buffer, and the prequential window. It does not change what
 * has been: steps that were taken, drift that was detected, comparisons of a release with its
 * baseline.
 *
 * <p>A mixed view gets a label when the classes of both its images are known. A mask is brought to
 * view 0 of its image alone: of an augmented view it is not known where its pixels were.
 *
 * <p>To be used by one thread.
 */
public final class LabelJoin implements CheckpointPart {
  private static final int NONE = KnownImage.NONE;

  private final TruthTable table;
  private final LateTruth training;
  private final LabelMetrics metrics;

  /**
   * An empty table.
   *
   * @param training has buffer and window
   */
  public LabelJoin(LabelLimits limits, OnlineTraining training, LabelMetrics metrics) {
    this.table = new TruthTable(limits);
    this.training = training.lateTruth();
    this.training.expect();
    this.metrics = metrics;
  }

  /**
   * The next view in the order of the records, whether or not it says anything to the student.
   *
   * @return the view with the truth of its images, as far as that is known; the same one if nothing
   *     is added
   */
  public TrainingExample join(TrainingExample view) {
    long image = view.image();
    if (image == 0) {
      return view;
    }
    KnownImage known = table.get(image);
    if (known == null || !known.seen()) {
      if (table.isWaiting(image)) {
        metrics.matched(LabelMatch.EARLY);
      }
      unmatched(table.see(image, ownLabel(view)));
    }
    int answered =
        view.partner() == 0 && view.identity().index() == 0 ? view.answeredClass() : NONE;
    if (answered != NONE) {
      table.answer(image, answered);
    }
    report();
    return withTruth(view);
  }

  /** The class of its image that came with it. */
  private static int ownLabel(TrainingExample view) {
    return view.target()
        .filter(target -> view.partner() != 0 || target.isOneClass())
        .map(LabelTarget::primary)
        .orElse(NONE);
  }

  /**
   * The next label in the order of the records.
   *
   * @param queue views that wait
   * @return what it found; counted already
   */
  public LabelMatch accept(ImageTruth truth, OffsetTrackingQueue queue) {
    long image = truth.image();
    unmatched(table.isWaiting(image) ? 1 : 0);
    boolean isClass = truth.mask() == null;
    unmatched(isClass ? table.label(image, truth.label()) : table.mask(image, truth.mask()));
    Change change = new Change(image, !isClass);
    int unused = queue.update(image, change) + training.update(image, change);
    boolean inWindow =
        isClass ? training.relabel(image, truth.label()) : training.remask(image, truth.mask());
    boolean isFound = inWindow || change.isFound;
    if (isFound) {
      table.seenBefore(image);
    }
    LabelMatch match = match(isFound, table.get(image));
    if (match != LabelMatch.WAITING) {
      metrics.matched(match);
    }
    report();
    return match;
  }

  private static LabelMatch match(boolean isFound, KnownImage image) {
    if (isFound) {
      return LabelMatch.LATE;
    }
    if (!image.seen()) {
      return LabelMatch.WAITING;
    }
    return image.isCompared() ? LabelMatch.TEACHER : LabelMatch.UNMATCHED;
  }

  /** Gives views the truth in the table, and notes whether any is of the image. */
  private final class Change implements UnaryOperator<TrainingExample> {
    private final long image;
    private final boolean onlyOriginals;
    private boolean isFound;

    Change(long image, boolean onlyOriginals) {
      this.image = image;
      this.onlyOriginals = onlyOriginals;
    }

    @Override
    public TrainingExample apply(TrainingExample view) {
      TrainingExample changed = withTruth(view);
      isFound |= changed != view;
      isFound |= view.image() == image && (view.isOriginal() || !onlyOriginals);
      return changed;
    }
  }

  private TrainingExample withTruth(TrainingExample view) {
    LabelTarget before = view.target().orElse(null);
    LabelTarget after = target(view, before);
    TrainingExample labelled =
        after == null || after.equals(before) ? view : view.withTarget(after);
    ViewMask mask = view.isOriginal() && view.partner() == 0 ? table.mask(view.image()) : null;
    return mask == null ? labelled : labelled.withMask(mask.file(view.isCropped()));
  }

  /**
   * The label of a view.
   *
   * @param before what it is, or null
   * @return the same if nothing is to be changed
   */
  private LabelTarget target(TrainingExample view, LabelTarget before) {
    KnownImage image = table.get(view.image());
    int first = late(image);
    if (view.partner() == 0) {
      return first == NONE ? before : LabelTarget.of(first);
    }
    KnownImage partner = table.near(view.partner(), image);
    int second = late(partner);
    if (before != null) {
      return new LabelTarget(
          first == NONE ? before.primary() : first,
          second == NONE ? before.secondary() : second,
          before.weight());
    }
    first = first == NONE && image != null ? image.own() : first;
    second = second == NONE && isBefore(partner, image) ? partner.own() : second;
    float share = view.identity().share();
    return first == NONE || second == NONE || Float.isNaN(share)
        ? null
        : new LabelTarget(first, second, share);
  }

  private static int late(KnownImage known) {
    return known == null ? NONE : known.late();
  }

  /** What came with a later image was not known when the view came. */
  private static boolean isBefore(KnownImage partner, KnownImage image) {
    return partner != null && (image == null || partner.number() < image.number());
  }

  private void unmatched(int labels) {
    for (int i = 0; i < labels; i++) {
      metrics.matched(LabelMatch.UNMATCHED);
    }
  }

  private void report() {
    metrics.joined(table.waiting(), table.compared(), table.teacherRight());
  }

  /** Forgets what is known of images, and which outcomes of the window are theirs. */
  public void erase(LongPredicate image) {
    table.erase(image);
    training.erase(image);
    report();
  }

  @Override
  public void capture(Map<String, CheckpointStore.FileContent> files) {
    files.put(LabelSnapshot.FILE, snapshot()::writeTo);
  }

  /** Offsets tell whether a label came since. */
  @Override
  public boolean isUnsaved() {
    return false;
  }

  @Override
  public void durable() {
    // Nothing waits for it.
  }

  /** The table as it is now; later calls do not change it. */
  public LabelSnapshot snapshot() {
    return table.snapshot();
  }

  /**
   * Continues with a table that {@link LabelSnapshot#writeTo} wrote; with smaller limits, with the
   * latest part of it.
   *
   * @throws IOException if it is damaged
   */
  public void restore(DataInputStream in) throws IOException {
    table.restore(LabelSnapshot.read(in));
    report();
  }
}
