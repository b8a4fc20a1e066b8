package io.stillstream.trainer.release;

import io.stillstream.runtime.model.ModelSpec;
import io.stillstream.schemas.StudentRelease;
import io.stillstream.schemas.values.Sha256;
import io.stillstream.trainer.checkpoint.store.PromotionState;
import io.stillstream.trainer.checkpoint.store.TrainerState;
import java.io.IOException;
import java.nio.file.Files;
import java.time.InstantSource;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;

/**
 * Makes releases of checkpoints. A version's number, and what the gate said of it, are in the
 * checkpoint that it is made from, so a crash between the two repeats the same release.
 */
public final class ReleaseWriter {
  private final ReleaseStore store;
  private final int keep;
  private final OwnershipCheck owner;
  private final ReleaseContents contents;

  /** Who alone may change the releases. */
  public interface OwnershipCheck {
    /**
     * Makes sure that this trainer still is it.
     *
     * @throws IllegalStateException if another one took over
     */
    void require() throws IOException;
  }

  /**
   * @param keep how many of the newest, and of the newest champions, are kept, at least 1
   * @param settings of the training, for the model card
   * @param owner asked in the last moment before a change: who stood still since it was asked
   *     before must not undo what a trainer that took over has made
   * @param onnx makes the ONNX files of releases; without it they have none
   */
  public ReleaseWriter(
      ReleaseStore store,
      int keep,
      ModelSpec model,
      Map<String, Object> settings,
      OwnershipCheck owner,
      InstantSource clock,
      Optional<OnnxExporter> onnx)
      throws IOException {
    this.store = store;
    this.keep = keep;
    this.owner = owner;
    this.contents = new ReleaseContents(model, settings, clock, onnx);
    Files.createDirectories(store.root());
  }

  /**
   * Whether a checkpoint is the one that its last release is made from, and that was not done. A
   * release of the same version with other weights is left from a training that an older checkpoint
   * undid: it does not count.
   *
   * @param average bytes of the student in the checkpoint
   */
  public boolean isMissing(TrainerState checkpoint, byte[] average) {
    long version = checkpoint.releaseVersion();
    if (version == 0 || checkpoint.releaseStep() != checkpoint.steps()) {
      return false;
    }
    try {
      ModelCard card = Release.read(store, version).card();
      return card.step() != checkpoint.steps() || !card.sha256().equals(Sha256.hex(average));
    } catch (ReleaseException e) {
      return true;
    }
  }

  /**
   * Makes the ONNX file of a student before there is a checkpoint that announces its release.
   *
   * @param average bytes of the student; {@link #write} takes the same array
   * @throws OnnxMismatchException if the student must not be released
   */
  public void prepare(byte[] average) throws OnnxMismatchException {
    contents.prepare(average);
  }

  /**
   * Makes the release that a durable checkpoint announces, and the champion of it if it passed.
   *
   * @param average bytes of the student
   * @throws IllegalStateException if another trainer took over
   * @throws OnnxMismatchException if the student was not prepared, and must not be released
   */
  public void write(TrainerState checkpoint, byte[] average, ReleaseMeasurements measurements)
      throws IOException {
    long version = checkpoint.releaseVersion();
    Map<String, byte[]> files = contents.files(checkpoint, average, measurements);
    store.exclusively(
        () -> {
          owner.require();
          // An older checkpoint had to be used: this version is made, and announced, once more.
          if (store.announced() >= version) {
            store.markAnnounced(version - 1);
          }
          store.publish(version, files, owner::require);
          if (checkpoint.promotion().passed()) {
            owner.require();
            store.setChampion(version);
            store.endPromotion();
          }
          prune(checkpoint.promotion());
        });
    contents.forget();
  }

  /**
   * Keeps the newest, and as many of the newest champions, so that a row of challengers that failed
   * never pushes out what one could go back to; and whatever is in use.
   */
  private void prune(PromotionState promotion) throws IOException {
    List<Long> versions = List.copyOf(store.versions());
    List<Long> champions = versions.stream().filter(store::wasChampion).toList();
    Set<Long> kept = new HashSet<>(newest(versions));
    kept.addAll(newest(champions));
    kept.add(promotion.champion());
    kept.add(promotion.baseline());
    kept.add(store.champion().orElse(0));
    for (long version : versions) {
      if (!kept.contains(version)) {
        store.delete(version);
      }
    }
  }

  private List<Long> newest(List<Long> versions) {
    return versions.subList(Math.max(0, versions.size() - keep), versions.size());
  }

  /**
   * Makes a version champion that a person has chosen, durably. Its event is unannounced then.
   *
   * @throws ReleaseException if it is not there or is damaged; nothing has changed then
   * @throws IllegalStateException if another trainer took over
   */
  public void promote(long version) throws IOException {
    Release unused = new ManualPromotion(store).promoteAndAnnounce(version, owner);
  }

  /**
   * The version that a rollback makes champion.
   *
   * @throws ReleaseException if there is none
   */
  public long before() throws IOException {
    return new ManualPromotion(store).before();
  }

  /**
   * Makes {@code current} right after a crash or with an older checkpoint. What a person promoted
   * stays.
   */
  public void repairCurrentLink(TrainerState checkpoint) throws IOException {
    long champion = checkpoint.promotion().champion();
    new ManualPromotion(store).resume(champion, owner);
    if (champion == 0 || !store.exists(champion)) {
      return;
    }
    store.exclusively(
        () -> {
          OptionalLong link = store.champion();
          boolean isUnfinished =
              champion == checkpoint.releaseVersion() && store.announced() < champion;
          boolean isUndone = link.isPresent() && link.getAsLong() > checkpoint.releaseVersion();
          if (link.isEmpty() || isUnfinished || isUndone) {
            owner.require();
            store.setChampion(champion);
          }
        });
  }

  /** The version that is served now: the trainer's choice, or a person's. */
  public OptionalLong champion() throws IOException {
    return store.champion();
  }

  /**
   * The bytes of a version's model.
   *
   * @throws ReleaseException if it is not there or damaged
   */
  public byte[] model(long version) throws ReleaseException {
    return Release.read(store, version).model();
  }

  /** The event of a champion, if it is there and its event is not known to have been sent. */
  public Optional<StudentRelease> unannounced(long version) throws IOException {
    boolean isDue = version > 0 && (store.announced() < version || isPromoted(version));
    return isDue && store.exists(version)
        ? Optional.of(Release.read(store, version).event())
        : Optional.empty();
  }

  /** Whether a version was chosen by a person whose choice has not been announced. */
  public boolean isPromoted(long version) throws IOException {
    return store
        .promotion()
        .filter(chosen -> chosen.announce() && chosen.version() == version)
        .isPresent();
  }

  /** A broker has the event of a version. */
  public void announced(long version) throws IOException {
    store.exclusively(
        () -> {
          if (store.announced() < version) {
            store.markAnnounced(version);
          }
          if (isPromoted(version)) {
            store.endPromotion();
          }
        });
  }
}
