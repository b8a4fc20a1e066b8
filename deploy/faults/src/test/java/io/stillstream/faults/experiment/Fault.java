package io.stillstream.faults.experiment;

import io.stillstream.containers.tools.ExternalTool;
import java.util.Optional;

/**
 * A fault.
 *
 * @param name in one word
 * @param what is done
 * @param inBrief whether it is part of the short form, too
 * @param documentedEnd exit code with which a service is to end of itself, as documented, and to be
 *     started again; none if none is
 * @param tool without which it is left out
 * @param injection that does it
 */
public record Fault(
    String name,
    String what,
    boolean inBrief,
    Optional<Integer> documentedEnd,
    Optional<ExternalTool> tool,
    Injection injection) {
  public Fault(String name, String what, boolean inBrief, Injection injection) {
    this(name, what, inBrief, Optional.empty(), injection);
  }

  public Fault(
      String name,
      String what,
      boolean inBrief,
      Optional<Integer> documentedEnd,
      Injection injection) {
    this(name, what, inBrief, documentedEnd, Optional.empty(), injection);
  }

  /** Does it to a pipeline through which images flow, and returns when its cause is gone. */
  public interface Injection {
    /**
     * The observations meanwhile, in words.
     *
     * @throws AssertionError if it was not what the documentation promises
     */
    String inject(FaultExperiment experiment);
  }
}
