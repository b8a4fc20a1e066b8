package io.stillstream.bench;

import java.time.Duration;

/** One of the two that a {@link TimedDuel} compares. */
interface TimedSide {

  /** Works for about that long and tells what it got done. */
  Spell work(Duration time);
}
