package io.stillstream.runtime.health;

import java.util.List;

/** What a service says of itself: named checks, each of which is about life or about readiness. */
public record Health(List<Check> checks) {
  public Health {
    checks = List.copyOf(checks);
  }

  public static Health of(Check... checks) {
    return new Health(List.of(checks));
  }

  /** False when only a restart helps. */
  public boolean live() {
    return checks.stream().allMatch(check -> check.ok() || check.kind() != Kind.LIVENESS);
  }

  /** False while the service cannot do its work; one that is not live is never ready. */
  public boolean ready() {
    return checks.stream().allMatch(Check::ok);
  }

  /** What a failed check means. */
  public enum Kind {
    /** The process is broken: restart it. */
    LIVENESS,
    /** Something is not there yet, or not now: wait. */
    READINESS
  }

  /** One check; {@code detail} says in a few words what was seen. */
  public record Check(String name, Kind kind, boolean ok, String detail) {
    public static Check liveness(String name, boolean ok, String detail) {
      return new Check(name, Kind.LIVENESS, ok, detail);
    }

    public static Check readiness(String name, boolean ok, String detail) {
      return new Check(name, Kind.READINESS, ok, detail);
    }
  }
}
