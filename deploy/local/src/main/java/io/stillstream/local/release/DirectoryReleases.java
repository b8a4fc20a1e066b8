package io.stillstream.local.release;

import io.stillstream.local.exit.CommandFailedException;
import io.stillstream.runtime.config.StartupException;
import io.stillstream.schemas.StudentRelease;
import io.stillstream.trainer.release.ManualPromotion;
import io.stillstream.trainer.release.ModelCard;
import io.stillstream.trainer.release.Release;
import io.stillstream.trainer.release.ReleaseException;
import io.stillstream.trainer.release.ReleaseStore;
import io.stillstream.trainer.replica.objectstore.ObjectStoreSettings;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.SortedMap;
import java.util.TreeMap;

/** Releases in a trainer's directory, and on the topic that announces them. */
public final class DirectoryReleases implements StudentReleases {
  private final Optional<ReleaseStore> store;
  private final Optional<ReleaseTopic> topic;
  private final Optional<ObjectStoreSettings> copies;
  private final Optional<String> student;

  /**
   * @param store needed to promote
   * @param topic without it, nothing is announced
   * @param copies where events name the copy of a release rather than its directory
   * @param student the only one that is meant
   */
  public DirectoryReleases(
      Optional<ReleaseStore> store,
      Optional<ReleaseTopic> topic,
      Optional<ObjectStoreSettings> copies,
      Optional<String> student) {
    this.store = store;
    this.topic = topic;
    this.copies = copies;
    this.student = student;
  }

  @Override
  public Listing list() throws IOException {
    SortedMap<String, StudentRelease> latest = new TreeMap<>();
    topic.ifPresent(known -> latest.putAll(known.latest()));
    List<ListedRelease> found = new ArrayList<>();
    boolean sound = store.isEmpty() || addReleases(found, store.get(), latest);
    latest.values().stream()
        .filter(event -> isWanted(event.getStudent()))
        .map(ListedRelease::of)
        .forEach(found::add);
    return Listing.of(found, sound);
  }

  /** Takes from the events those of releases that are there; false if one is damaged. */
  private boolean addReleases(
      List<ListedRelease> found, ReleaseStore releases, SortedMap<String, StudentRelease> latest)
      throws IOException {
    boolean sound = true;
    long champion = releases.champion().orElse(0);
    for (long version : releases.versions()) {
      try {
        ModelCard card = Release.read(releases, version).card();
        if (isWanted(card.student())) {
          StudentRelease event = latest.get(card.student());
          boolean announced =
              event != null
                  && event.getVersion() == version
                  && event.getSha256().equals(card.sha256());
          found.add(
              ListedRelease.of(card, version == champion, topic.isPresent() ? announced : null));
          if (announced) {
            latest.remove(card.student());
          }
        }
      } catch (ReleaseException e) {
        found.add(ListedRelease.damaged(version, version == champion, e.getMessage()));
        sound = false;
      }
    }
    return sound;
  }

  @Override
  public PromotedRelease promote(OptionalLong chosen) throws IOException {
    ReleaseStore releases = store.orElseThrow();
    ManualPromotion promotion = new ManualPromotion(releases);
    OptionalLong former = releases.champion();
    Release release;
    Optional<String> uri;
    try {
      long version = chosen.isPresent() ? chosen.getAsLong() : promotion.before();
      ModelCard card = Release.read(releases, version).card();
      requireWanted(card);
      uri =
          topic.isPresent() && copies.isPresent()
              ? new StoredReleaseLookup(copies.get()).uri(card)
              : Optional.empty();
      release = promotion.promote(version);
    } catch (ReleaseException e) {
      throw new StartupException(e.getMessage(), e);
    }
    if (topic.isPresent()) {
      StudentRelease event = release.event();
      uri.ifPresent(event::setUri);
      announce(releases, topic.get(), event);
    }
    return new PromotedRelease(
        release.card().student(),
        release.card().version(),
        former.isPresent() ? former.getAsLong() : null,
        topic.isPresent() ? "announced" : "");
  }

  private static void announce(ReleaseStore releases, ReleaseTopic topic, StudentRelease event) {
    try {
      topic.publish(event);
    } catch (CommandFailedException e) {
      throw new CommandFailedException(
          releases.current() + " is switched, but " + e.getMessage() + "; run it again", e);
    }
  }

  private boolean isWanted(String name) {
    return student.isEmpty() || student.get().equals(name);
  }

  private void requireWanted(ModelCard card) {
    if (!isWanted(card.student())) {
      throw new StartupException(
          "--student: the releases are of " + card.student() + ", was " + student.orElseThrow());
    }
  }
}
