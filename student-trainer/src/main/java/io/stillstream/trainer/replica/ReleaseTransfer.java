package io.stillstream.trainer.replica;

import io.stillstream.trainer.release.ModelCard;
import io.stillstream.trainer.release.Release;
import io.stillstream.trainer.release.ReleaseException;
import io.stillstream.trainer.release.ReleaseStore;
import io.stillstream.trainer.replica.ReplicaManifest.ObjectRef;
import io.stillstream.trainer.replica.ReplicaManifest.StoredFile;
import io.stillstream.trainer.replica.ReplicaManifest.StoredRelease;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Releases, to the store and back. A file is one object, so that others can use them. */
final class ReleaseTransfer {
  private static final Logger LOG = LoggerFactory.getLogger(ReleaseTransfer.class);

  private final ChunkedTransfer parts;
  private final ReleaseStore releases;

  ReleaseTransfer(ChunkedTransfer parts, ReleaseStore releases) {
    this.parts = parts;
    this.releases = releases;
  }

  /**
   * Sends the releases that are in the directory and not in the store.
   *
   * @return what the store is to have: what the directory has
   */
  List<StoredRelease> send(List<StoredRelease> there, String run) throws IOException {
    List<StoredRelease> all = new ArrayList<>();
    for (long version : releases.versions()) {
      try {
        Optional<StoredRelease> same = same(there, version);
        all.add(same.isPresent() ? same.get() : send(version, run));
      } catch (NoSuchFileException | ReleaseException e) {
        // It was deleted meanwhile, or is damaged: then it is nothing to keep.
        LOG.atDebug().addKeyValue("version", version).log("Release is not there to be copied");
      }
    }
    return all;
  }

  private Optional<StoredRelease> same(List<StoredRelease> there, long version) throws IOException {
    Path directory = releases.directory(version);
    if (there.stream().noneMatch(release -> release.version() == version)) {
      return Optional.empty();
    }
    String card = ChunkedTransfer.sha256(directory.resolve(ModelCard.NAME));
    return there.stream()
        .filter(release -> release.version() == version)
        .filter(
            release ->
                release.files().stream()
                    .anyMatch(
                        file ->
                            file.name().equals(ModelCard.NAME)
                                && file.parts().get(0).sha256().equals(card)))
        .findFirst();
  }

  private StoredRelease send(long version, String run) throws IOException {
    Release release = Release.read(releases, version);
    // Refuses files that are not those of its card.
    release.verify();
    // Of the same version there may have been another one before: its name is not used again.
    String card = ChunkedTransfer.sha256(release.directory().resolve(ModelCard.NAME));
    String directory = "%s/releases/%d-%s/".formatted(run, version, card.substring(0, 8));
    List<StoredFile> files = new ArrayList<>();
    for (Path file : ChunkedTransfer.files(release.directory())) {
      byte[] bytes = Files.readAllBytes(file);
      String name = file.getFileName().toString();
      ObjectRef part = parts.send(bytes, bytes.length, directory + name);
      files.add(new StoredFile(name, List.of(part)));
    }
    return new StoredRelease(version, release.card().sha256(), directory, files);
  }

  /** Brings back what the directory does not have. What is damaged is left out, with a warning. */
  void fetch(List<StoredRelease> there) throws IOException {
    for (StoredRelease release : there) {
      if (releases.exists(release.version())) {
        continue;
      }
      try {
        Map<String, byte[]> files = new LinkedHashMap<>();
        for (StoredFile file : release.files()) {
          files.put(file.plainName(), parts.fetch(file.parts().get(0)));
        }
        releases.adopt(release.version(), files);
      } catch (CorruptObjectException e) {
        LOG.atWarn()
            .addKeyValue("version", release.version())
            .addKeyValue("damage", e.getMessage())
            .log("Release in the store is damaged and left out");
      }
    }
  }
}
