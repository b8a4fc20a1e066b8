package io.stillstream.student.release;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.stillstream.runtime.ModelSpec;
import io.stillstream.schemas.StudentRelease;
import io.stillstream.student.checkpoint.TrainerState;
import java.io.IOException;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.InstantSource;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Makes releases of checkpoints. A version's number is in the checkpoint that it is made from, so a
 * crash between the two repeats the same version.
 */
public final class Releases {
  static final String FILE = "student.pt";

  private final ReleaseStore store;
  private final ModelSpec model;
  private final Map<String, Object> settings;
  private final InstantSource clock;

  /**
   * @param settings of the training, for the model card
   */
  public Releases(
      ReleaseStore store, ModelSpec model, Map<String, Object> settings, InstantSource clock) {
    this.store = store;
    this.model = model;
    this.settings = settings;
    this.clock = clock;
  }

  /**
   * Whether a checkpoint is the one that its last release is made from, and that was not done. A
   * release of the same version with other weights is left from a training that an older checkpoint
   * undid: it does not count.
   *
   * @param average bytes of the student in the checkpoint
   */
  public boolean isDue(TrainerState checkpoint, byte[] average) throws IOException {
    if (checkpoint.releaseVersion() == 0 || checkpoint.releaseStep() != checkpoint.steps()) {
      return false;
    }
    if (!store.exists(checkpoint.releaseVersion())) {
      return true;
    }
    ModelCard card = ModelCard.read(store.directory(checkpoint.releaseVersion()));
    return card.step() != checkpoint.steps() || !card.sha256().equals(sha256(average));
  }

  /**
   * Makes the release that a durable checkpoint announces.
   *
   * @param average bytes of the student
   * @param metrics fractions from 0 to 1
   */
  public void publish(TrainerState checkpoint, byte[] average, Map<String, Double> metrics)
      throws IOException {
    long version = checkpoint.releaseVersion();
    if (store.announced() >= version) {
      // An older checkpoint had to be used: this version is made, and announced, once more.
      store.markAnnounced(version - 1);
    }
    ModelCard card =
        new ModelCard(
            checkpoint.student(),
            version,
            FILE,
            sha256(average),
            checkpoint.steps(),
            checkpoint.viewsSeen(),
            checkpoint.topic(),
            checkpoint.offsets(),
            checkpoint.teachers(),
            checkpoint.policyHashes(),
            metrics,
            settings,
            clock.instant().toString());
    Map<String, byte[]> files = new LinkedHashMap<>();
    files.put(FILE, average);
    files.put("student.yaml", Description.of(model, version, FILE).getBytes(UTF_8));
    files.put(ModelCard.NAME, card.toBytes());
    store.publish(version, files);
  }

  /** Makes {@code current} right, whatever a crash or an older checkpoint left. */
  public void settle(long version) throws IOException {
    if (version > 0 && store.exists(version)) {
      store.point(version);
    }
  }

  /** The event of a release, if it is there and its event is not known to have been sent. */
  public Optional<StudentRelease> unannounced(long version) throws IOException {
    if (version == 0 || store.announced() >= version || !store.exists(version)) {
      return Optional.empty();
    }
    return Optional.of(ModelCard.read(store.directory(version)).event(store.directory(version)));
  }

  public void announced(long version) throws IOException {
    store.markAnnounced(version);
  }

  /** The link to the newest release, which may not exist yet. */
  public Path current() {
    return store.current();
  }

  private static String sha256(byte[] bytes) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }
}
