package io.stillstream.trainer.release;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * Which releases are kept: the newest, and as many of the newest champions, so that a row of
 * challengers that failed never pushes out what one could go back to.
 */
final class ReleaseRetentionPolicy {
  private final int keep;
  private final SortedSet<Long> versions = new TreeSet<>();
  private final SortedSet<Long> champions = new TreeSet<>();

  ReleaseRetentionPolicy(int keep) {
    this.keep = keep;
  }

  void add(long version, boolean champion) {
    versions.add(version);
    if (champion) {
      champions.add(version);
    }
  }

  /** Those to delete, lowest first; never one that is in use. */
  List<Long> surplus(long... inUse) {
    Set<Long> kept = new HashSet<>();
    for (long version : inUse) {
      kept.add(version);
    }
    kept.addAll(newest(versions));
    kept.addAll(newest(champions));
    return versions.stream().filter(version -> !kept.contains(version)).toList();
  }

  private List<Long> newest(SortedSet<Long> all) {
    return all.stream().skip(Math.max(0, all.size() - keep)).toList();
  }
}
