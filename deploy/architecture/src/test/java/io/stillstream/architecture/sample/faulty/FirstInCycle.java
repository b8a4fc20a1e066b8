package io.stillstream.architecture.sample.faulty;

import io.stillstream.architecture.sample.faulty.below.SecondInCycle;

/** Depends on a package below that depends on this one. */
public final class FirstInCycle {
  SecondInCycle second;
}
