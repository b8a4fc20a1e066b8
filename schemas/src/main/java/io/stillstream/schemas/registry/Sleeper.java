package io.stillstream.schemas.registry;

import java.time.Duration;

/** Waits for a duration; replaced in tests. */
@FunctionalInterface
public interface Sleeper {
  void sleep(Duration duration) throws InterruptedException;
}
