package io.stillstream.trainer.trace;

import io.stillstream.trainer.files.DurableFiles;
import io.stillstream.trainer.ledger.LedgerSearch.RecordOffset;
import io.stillstream.trainer.release.ModelCard;
import io.stillstream.trainer.release.Release;
import io.stillstream.trainer.release.ReleaseException;
import io.stillstream.trainer.release.ReleaseStore;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The releases that have to do with some records of the topic that is learned from. */
final class ReleaseLookup {
  private final String topic;
  private final ReleaseStore store;
  private final List<String> notes = new ArrayList<>();

  /**
   * @param directory of the trainer
   * @param topic that it learns from
   */
  ReleaseLookup(Path directory, String topic) {
    this.topic = topic;
    this.store = new ReleaseStore(directory.resolve("releases"), new DurableFiles());
  }

  /** What limits what was found. */
  List<String> notes() {
    return List.copyOf(notes);
  }

  /**
   * The first release with all of the records in its weights, and the one that is served.
   *
   * @param records none: then only the one that is served
   */
  List<ImageTrace.ReleaseInfo> find(List<RecordOffset> records) {
    List<ImageTrace.ReleaseInfo> infos = new ArrayList<>();
    try {
      long champion = store.champion().orElse(0);
      boolean found = records.isEmpty();
      for (long version : store.versions()) {
        if (found && version != champion) {
          continue;
        }
        Optional<ModelCard> card = card(version);
        boolean contains = card.isPresent() && contains(card.get(), records);
        boolean first = contains && !found;
        found |= contains;
        if (first && missesOlder(card.get(), records)) {
          notes.add("releases before " + version + " are no longer kept, and may contain it, too");
        }
        if (card.isPresent() && (first || version == champion)) {
          infos.add(release(card.get(), champion, records.isEmpty() ? null : contains));
        }
      }
    } catch (IOException e) {
      notes.add(store.root() + " cannot be read: " + e);
    }
    return infos;
  }

  private Optional<ModelCard> card(long version) {
    try {
      return Optional.of(Release.read(store, version).card());
    } catch (ReleaseException e) {
      notes.add(e.getMessage());
      return Optional.empty();
    }
  }

  private boolean contains(ModelCard card, List<RecordOffset> records) {
    return topic.equals(card.topic())
        && records.stream()
            .allMatch(
                record -> card.offsets().getOrDefault(record.partition(), 0L) > record.offset());
  }

  /** Whether the release before this one, as its own card tells, had them all. */
  private static boolean missesOlder(ModelCard card, List<RecordOffset> records) {
    return !card.offsetRanges().isEmpty()
        && records.stream()
            .allMatch(
                record ->
                    card.offsetRanges().stream()
                        .anyMatch(
                            range ->
                                range.partition() == record.partition()
                                    && record.offset() < range.from()));
  }

  private static ImageTrace.ReleaseInfo release(ModelCard card, long champion, Boolean contains) {
    return new ImageTrace.ReleaseInfo(
        card.version(),
        card.alias(),
        card.step(),
        Instant.parse(card.createdAt()).toEpochMilli(),
        card.version() == champion,
        contains);
  }
}
