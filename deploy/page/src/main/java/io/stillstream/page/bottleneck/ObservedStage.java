package io.stillstream.page.bottleneck;

import io.stillstream.page.bottleneck.BottleneckReport.StageEvidence;
import io.stillstream.page.progress.JsonText;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/** One stage over time: its backlog, and what it spends its time on. For one thread. */
final class ObservedStage {
  private final StageWindow window = new StageWindow();
  private final BusyShares shares = new BusyShares();
  private StageLoad load = StageLoad.UNKNOWN;
  private String reason;
  private List<BusyPart> parts;

  /** There is no evidence now. */
  void unknown(String why) {
    load = window.unknown();
    reason = why;
    hideParts();
  }

  /** Takes a sample, see {@link StageWindow#add}. */
  void add(long millis, StageSample sample, double floor) {
    load = window.add(millis, sample, floor);
    reason = null;
  }

  /** Nothing is known of what it spends its time on. */
  void hideParts() {
    shares.clear();
    parts = null;
  }

  /**
   * Takes sums of seconds that only grow.
   *
   * @param named makes parts of their shares, which are in the order of the sums
   */
  void addParts(long millis, Function<double[], List<BusyPart>> named, double... seconds) {
    parts = shares.add(millis, seconds).map(named).orElse(null);
  }

  StageLoad load() {
    return load;
  }

  /** What it spends most of its time on; empty if that is not known. */
  Optional<String> largestPart() {
    return Optional.ofNullable(parts)
        .flatMap(all -> all.stream().max(Comparator.comparingDouble(BusyPart::share)))
        .map(BusyPart::name);
  }

  /** As the page takes it. */
  StageEvidence evidence(String id) {
    return new StageEvidence(
        id,
        load.state(),
        reason,
        JsonText.number(load.inPerSecond()),
        JsonText.number(load.outPerSecond()),
        JsonText.whole(load.backlog()),
        JsonText.number(load.backlogSeconds()),
        load.state().isNoClaim() ? null : load.trend(),
        parts);
  }
}
