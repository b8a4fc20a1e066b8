package io.stillstream.trainer.status;

import io.stillstream.trainer.release.ModelCard;
import io.stillstream.trainer.release.Release;
import io.stillstream.trainer.release.ReleaseException;
import io.stillstream.trainer.release.ReleaseScore;
import io.stillstream.trainer.release.ReleaseStore;
import io.stillstream.trainer.training.comparison.GateDecision;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.OptionalLong;

/** The latest releases on disk. Cards are read when there are others than before. */
final class ReleaseList {
  private static final int MOST = 20;

  private final ReleaseStore store;
  private List<Long> versions = List.of();
  private OptionalLong champion = OptionalLong.empty();
  private List<ReleaseEntry> facts = List.of();

  ReleaseList(ReleaseStore store) {
    this.store = store;
  }

  /** Newest first. */
  synchronized List<ReleaseEntry> newest() throws IOException {
    List<Long> found = List.copyOf(store.versions());
    OptionalLong current = store.champion();
    if (!found.equals(versions) || !current.equals(champion)) {
      facts = read(found, current);
      versions = found;
      champion = current;
    }
    return facts;
  }

  private List<ReleaseEntry> read(List<Long> found, OptionalLong current) {
    List<ReleaseEntry> read = new ArrayList<>();
    for (long version : found.stream().sorted(Comparator.reverseOrder()).limit(MOST).toList()) {
      try {
        ModelCard card = Release.read(store, version).card();
        read.add(facts(card, current.isPresent() && current.getAsLong() == version));
      } catch (ReleaseException e) {
        // Pruned at this moment, or damaged: what serves it, and `releases list`, say so.
      }
    }
    return List.copyOf(read);
  }

  private static ReleaseEntry facts(ModelCard card, boolean current) {
    GateDecision gate = card.gate();
    return new ReleaseEntry(
        card.task(),
        card.version(),
        card.alias(),
        card.step(),
        Instant.parse(card.createdAt()).toEpochMilli(),
        ReleaseScore.of(card.task(), card.metrics()).orElse(null),
        gate == null ? null : gate.challenger(),
        gate == null ? null : gate.best(),
        gate == null ? null : gate.passed() ? "passed" : "failed",
        card.sha256(),
        card.onnx(),
        current);
  }
}
