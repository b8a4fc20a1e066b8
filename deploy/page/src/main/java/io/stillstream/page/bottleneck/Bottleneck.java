package io.stillstream.page.bottleneck;

import com.fasterxml.jackson.annotation.JsonValue;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * What limits the stream now.
 *
 * <p>A stage before which records wait works as fast as it can, and what comes behind it gets no
 * more than that. So the <em>last</em> such stage decides how fast the student gets views now; what
 * waits further up changes nothing of that. Where nothing waits, the source of images decides. A
 * stage of which nothing is known hides the answer, unless a later stage gives it.
 *
 * @param stage its id; null unless the kind is about a stage
 * @param next id of the stage that will limit the stream when this one has caught up, or {@code
 *     source}; null if its backlog does not shrink, or that is not known
 */
record Bottleneck(Kind kind, String stage, String next) {
  static final String SOURCE = "source";

  /** The kinds of answers. */
  enum Kind {
    /** There is no evidence of a stage. */
    UNKNOWN,
    /** The observation has begun. */
    MEASURING,
    /** Nothing arrives, and nothing waits. */
    IDLE,
    /** All stages wait for images. */
    SOURCE,
    /** A stage is slower than what it gets. */
    STAGE,
    /** A stage finishes nothing. */
    STOPPED;

    @JsonValue
    String key() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /**
   * Decides.
   *
   * @param stages by id, in the order of the data
   */
  static Bottleneck of(Map<String, StageLoad> stages) {
    List<String> ids = List.copyOf(stages.keySet());
    for (int i = ids.size() - 1; i >= 0; i--) {
      StageLoad load = stages.get(ids.get(i));
      switch (load.state()) {
        case UNKNOWN -> {
          return new Bottleneck(Kind.UNKNOWN, ids.get(i), null);
        }
        case MEASURING -> {
          return new Bottleneck(Kind.MEASURING, null, null);
        }
        case STOPPED -> {
          return new Bottleneck(Kind.STOPPED, ids.get(i), null);
        }
        case BEHIND -> {
          boolean ends = load.trend() == BacklogTrend.SHRINKING;
          return new Bottleneck(
              Kind.STAGE, ids.get(i), ends ? next(stages, ids.subList(0, i)) : null);
        }
        case IDLE, KEEPS_UP -> {
          // What waits further up decides.
        }
      }
    }
    boolean isIdle = stages.values().stream().allMatch(load -> load.state() == StageState.IDLE);
    return new Bottleneck(isIdle ? Kind.IDLE : Kind.SOURCE, null, null);
  }

  private static String next(Map<String, StageLoad> stages, List<String> before) {
    for (int i = before.size() - 1; i >= 0; i--) {
      StageState state = stages.get(before.get(i)).state();
      if (state.isNoClaim()) {
        return null;
      }
      if (state == StageState.BEHIND || state == StageState.STOPPED) {
        return before.get(i);
      }
    }
    return SOURCE;
  }
}
