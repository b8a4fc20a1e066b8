package io.stillstream.trainer.resources;

import io.stillstream.runtime.model.ModelSpec;
import io.stillstream.runtime.service.CloseableStack;
import io.stillstream.trainer.checkpoint.store.CheckpointStore;
import io.stillstream.trainer.checkpoint.store.TrainerState;
import io.stillstream.trainer.config.TrainerConfig;
import io.stillstream.trainer.files.DirectoryLock;
import io.stillstream.trainer.files.DurableFiles;
import io.stillstream.trainer.ledger.Ledger;
import io.stillstream.trainer.ledger.LedgerMaintenance;
import io.stillstream.trainer.ledger.LedgerMetrics;
import io.stillstream.trainer.ledger.LedgerSettings;
import io.stillstream.trainer.metrics.MicrometerLedgerMetrics;
import io.stillstream.trainer.metrics.MicrometerReplicaMetrics;
import io.stillstream.trainer.onnx.TemplateOnnxExporter;
import io.stillstream.trainer.release.ReleaseStore;
import io.stillstream.trainer.release.ReleaseWriter;
import io.stillstream.trainer.replica.LocalState;
import io.stillstream.trainer.replica.ObjectStoreReplica;
import io.stillstream.trainer.replica.Replica;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The storage of one student.
 *
 * @param disk writes files
 * @param lock on the directory, which contains all of it
 * @param checkpoints on disk
 * @param releases writes releases to disk
 * @param store copies of both; empty without an object store
 */
public record StorageResources(
    DurableFiles disk,
    DirectoryLock lock,
    CheckpointStore checkpoints,
    ReleaseWriter releases,
    Optional<ObjectStoreReplica> store) {
  /** Folder of releases in the directory. */
  public static final String RELEASES = "releases";

  /** Folder of checkpoints in the directory. */
  public static final String CHECKPOINTS = "checkpoints";

  /** Folders in the directory that are written to. */
  public static final List<String> FOLDERS = List.of(CHECKPOINTS, RELEASES, "ledger");

  private static final String LEDGER = "ledger.jsonl";

  /** Locks the directory, and restores it from the object store if it has no checkpoint. */
  public static StorageResources open(TrainerContext context, CloseableStack open)
      throws IOException {
    TrainerConfig config = context.config();
    DurableFiles disk = new DurableFiles();
    Path directory = config.directory();
    DirectoryLock lock = open.push(DirectoryLock.acquire(directory, disk));
    CheckpointStore checkpoints =
        new CheckpointStore(directory.resolve(CHECKPOINTS), config.checkpoint().keep(), lock, disk);
    ReleaseStore released = new ReleaseStore(directory.resolve(RELEASES), disk);
    ModelSpec model = context.model();
    LocalState local =
        new LocalState(
            directory,
            model.name(),
            model.sha256(),
            checkpoints,
            released,
            directory.resolve(LEDGER),
            disk);
    Optional<ObjectStoreReplica> store = openStore(context, local, open);
    ReleaseWriter releases =
        new ReleaseWriter(
            released,
            config.release().keep(),
            model,
            config.trainingSettings(),
            lock::requireHeld,
            context.clock(),
            TemplateOnnxExporter.open(model, config.threads()));
    return new StorageResources(disk, lock, checkpoints, releases, store);
  }

  private static Optional<ObjectStoreReplica> openStore(
      TrainerContext context, LocalState local, CloseableStack open) throws IOException {
    MicrometerReplicaMetrics metrics =
        new MicrometerReplicaMetrics(context.registry(), context.clock());
    if (context.config().store().isEmpty()) {
      return Optional.empty();
    }
    return Optional.of(
        open.push(
            ObjectStoreReplica.open(
                context.config().store().get(),
                local,
                metrics,
                context.clock(),
                context.startup())));
  }

  /**
   * Opens the ledger with what is done to it in the background, and notes in it if the directory
   * was restored from the object store.
   */
  public Ledger openLedger(TrainerContext context, TrainerState initial, CloseableStack open)
      throws IOException {
    Path file = context.config().directory().resolve(LEDGER);
    LedgerSettings settings = context.config().ledger();
    LedgerMetrics metrics = new MicrometerLedgerMetrics(context.registry());
    Ledger ledger =
        open.push(
            new Ledger(
                file, initial.ledgerBytes(), lock, disk, settings, context.clock(), metrics));
    open.push(new LedgerMaintenance(file, settings, lock, disk, context.clock(), metrics)).start();
    if (store.isPresent()) {
      ObjectStoreReplica from = store.get();
      from.restored()
          .ifPresent(
              step -> ledger.append(lock.epoch(), "restored", step, Map.of("from", from.uri())));
    }
    return ledger;
  }

  /** The copies in the object store, if there is one. */
  public Replica replica() {
    return store.isPresent() ? store.get() : Replica.NONE;
  }
}
