package io.stillstream.labeler;

import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;

/**
 * What happens to the labelers, and when: a pure function of the seed, so that a run that went
 * wrong can be had again (as far as the threads of several processes can be had again at all).
 *
 * @param seed what all the rest follows from
 * @param share views that are sent for each event
 */
record ChaosPlan(long seed, int share, List<Event> events) {

  /** What befalls an instance. */
  enum Kind {
    /** Killed with no time to say anything, and started again at once. */
    KILL,
    /** Stopped for longer than the time-outs of its session and its transaction, then resumed. */
    FREEZE,
    /** Asked to end, then started again: its partitions go away and come back. */
    RESTART,
    /** A third one joins; if it is there, it leaves. */
    EXTRA_INSTANCE
  }

  /**
   * One of them.
   *
   * @param instance 0 or 1: whom it befalls; without meaning for the guest
   * @param after how many labels are written first, from the moment that its views begin to flow
   */
  record Event(Kind kind, int instance, int after) {}

  /** A plan of so many events over so many views. */
  static ChaosPlan of(long seed, int events, int views) {
    SplittableRandom random = new SplittableRandom(seed);
    int share = views / events;
    Kind[] kinds = Kind.values();
    // Every kind comes before any comes twice: a short plan has them all.
    int first = random.nextInt(kinds.length);
    return new ChaosPlan(
        seed,
        share,
        IntStream.range(0, events)
            .mapToObj(
                i ->
                    new Event(
                        kinds[i < kinds.length ? (first + i) % kinds.length : kind(random)],
                        random.nextInt(2),
                        1 + random.nextInt(share / 2)))
            .toList());
  }

  /** Kills are what is most likely to go wrong, and cheap. */
  private static int kind(SplittableRandom random) {
    return Math.max(0, random.nextInt(Kind.values().length + 2) - 2);
  }
}
