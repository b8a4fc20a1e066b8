package io.stillstream.architecture.sample.faulty.below;

import io.stillstream.architecture.sample.faulty.FirstInCycle;

public final class SecondInCycle {
  FirstInCycle first;
}
