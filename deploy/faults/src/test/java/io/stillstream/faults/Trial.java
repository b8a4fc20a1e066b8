package io.stillstream.faults;

import static org.awaitility.Awaitility.await;

import io.stillstream.schemas.Topics;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.awaitility.core.ConditionTimeoutException;

/**
 * One fault on a pipeline through which images flow: it is done, work has to go on, all that was
 * sent has to come through, and then everything since the beginning is audited.
 */
final class Trial {
  private static final Duration POLL = Duration.ofMillis(250);

  private final Site site;
  private final Feed feed;
  private final Cluster cluster;
  private final Scale scale;
  private boolean well;
  private long wellNanos;
  private double trainedWhenWell;
  private Map<Place, Kind> sentWhenWell;

  Trial(Site site, Feed feed, Cluster cluster, Scale scale) {
    this.site = site;
    this.feed = feed;
    this.cluster = cluster;
    this.scale = scale;
  }

  /**
   * How long each took, since the world was well again.
   *
   * @param wentOn until the trainer trained
   * @param caughtUp until all that had been sent by then was trained and saved
   */
  record Times(Duration wentOn, Duration caughtUp) {}

  Site site() {
    return site;
  }

  Feed feed() {
    return feed;
  }

  Cluster cluster() {
    return cluster;
  }

  Scale scale() {
    return scale;
  }

  /** Runs it. */
  Row run(Fault fault) {
    List<String> wrong = new ArrayList<>();
    String seen = "";
    Optional<Times> times = Optional.empty();
    feed.flow(scale.rate());
    try {
      awaitTraining();
      seen = fault.deed().happen(this);
      times = Optional.of(recover());
    } catch (AssertionError | ConditionTimeoutException e) {
      wrong.add(e.getMessage());
    } finally {
      feed.stop();
    }
    List<Death> deaths = site.takeDeaths();
    deaths.stream()
        .filter(death -> !fault.documentedEnd().equals(Optional.of(death.exitCode())))
        .map(Death::toString)
        .forEach(wrong::add);
    Audit.Result result =
        Audit.of(
            feed.sent(),
            Found.read(site.clients()),
            Books.read(site.trainerDirectory()).orElseThrow());
    wrong.addAll(result.wrong());
    wrong.addAll(Counters.wrong(site));
    return new Row(
        fault, seen + Death.summary(deaths), times, Optional.of(result), List.copyOf(wrong));
  }

  /**
   * To be said when everybody is back, though not at work yet: times count from here. Otherwise
   * they count from the end of the deed.
   */
  void worldIsWell() {
    well = true;
    wellNanos = System.nanoTime();
    trainedWhenWell = trained();
    sentWhenWell = feed.sent();
  }

  /** Waits until the trainer trains something that it had not trained when this was called. */
  void awaitTraining() {
    awaitTraining(trained());
  }

  private void awaitTraining(double before) {
    await("training goes on")
        .atMost(Site.PATIENCE)
        .pollInterval(POLL)
        .until(
            () -> {
              site.revive();
              double now = trained();
              // A trainer that was started anew counts from 0.
              return now > before || (now > 0 && now < before);
            });
  }

  private Times recover() {
    if (!well) {
      worldIsWell();
    }
    awaitTraining(trainedWhenWell);
    Duration wentOn = Duration.ofNanos(System.nanoTime() - wellNanos);
    awaitSaved(sentWhenWell);
    Duration caughtUp = Duration.ofNanos(System.nanoTime() - wellNanos);
    feed.stop();
    awaitRead(feed.sent());
    awaitSaved(feed.sent());
    site.awaitReady();
    await("no transaction is open")
        .atMost(Site.PATIENCE)
        .pollInterval(POLL)
        .until(cluster::open, open -> open.isEmpty());
    return new Times(wentOn, caughtUp);
  }

  /** Waits until the augmenter has dealt with these, bad ones included. */
  private void awaitRead(Map<Place, Kind> sent) {
    Map<Integer, Long> last =
        sent.keySet().stream()
            .collect(Collectors.toMap(Place::partition, Place::offset, Math::max));
    await("all images are read")
        .atMost(Site.PATIENCE)
        .pollInterval(POLL)
        .until(
            () -> {
              site.revive();
              return cluster.committed("augmenter", Topics.IMAGES);
            },
            committed ->
                last.entrySet().stream()
                    .allMatch(e -> committed.getOrDefault(e.getKey(), 0L) > e.getValue()));
  }

  /** Waits until as many views are trained and saved as the good ones among these have. */
  private void awaitSaved(Map<Place, Kind> sent) {
    long views =
        ServiceFiles.VIEWS * sent.values().stream().filter(kind -> kind == Kind.GOOD).count();
    await("all " + views + " views are trained and saved")
        .atMost(Site.PATIENCE)
        .pollInterval(POLL)
        .until(
            () -> {
              site.revive();
              return Books.read(site.trainerDirectory()).map(Books::viewsSeen).orElse(0L);
            },
            trained -> trained >= views);
  }

  /** Fresh views that the trainer has trained since it was started. */
  double trained() {
    return site.trainer().metrics().sum("student_views_total", "origin=\"fresh\"");
  }
}
