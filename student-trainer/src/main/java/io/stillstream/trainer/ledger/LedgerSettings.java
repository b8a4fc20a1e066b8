package io.stillstream.trainer.ledger;

import io.stillstream.runtime.config.Default;
import io.stillstream.runtime.config.SettingRanges;
import java.time.Duration;
import java.util.Optional;

/**
 * How the ledger is divided, and how long its lines are kept.
 *
 * @param segmentBytes at which the open file becomes a closed segment; the memory that a search
 *     needs
 * @param retention age at which the lines of a segment give way to a summary; empty keeps them for
 *     ever
 */
public record LedgerSettings(@Default("33554432") long segmentBytes, Optional<Duration> retention) {
  private static final long LEAST = 4096;

  private static final long MOST = 128 << 20;

  /** A closed segment is read into memory, so there is a limit, with room for the last line. */
  static final long LONGEST_SEGMENT = 2 * MOST;

  public LedgerSettings {
    SettingRanges.requireWithin(LEAST, MOST, "segment-bytes", segmentBytes);
    retention.ifPresent(age -> SettingRanges.requireAtLeast(Duration.ofHours(1), "retention", age));
  }
}
