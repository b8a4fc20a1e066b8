package io.stillstream.faults.experiment;

import io.stillstream.containers.tools.ExternalTool;
import java.util.Optional;

/**
 * Something that can happen.
 *
 * @param name in one word
 * @param what is done
 * @param inBrief whether it is part of the short form, too
 * @param documentedEnd exit code with which a service is to end of itself, as documented, and to be
 *     started again; none if none is
 * @param tool without which it is left out
 * @param deed that does it
 */
public record Fault(
    String name,
    String what,
    boolean inBrief,
    Optional<Integer> documentedEnd,
    Optional<ExternalTool> tool,
    Injection deed) {
  public Fault(String name, String what, boolean inBrief, Injection deed) {
    this(name, what, inBrief, Optional.empty(), deed);
  }

  public Fault(
      String name, String what, boolean inBrief, Optional<Integer> documentedEnd, Injection deed) {
    this(name, what, inBrief, documentedEnd, Optional.empty(), deed);
  }

  /** Does the worst to a pipeline through which images flow, and returns when the world is well. */
  public interface Injection {
    /**
     * What was seen meanwhile, in words.
     *
     * @throws AssertionError if it was not what the documentation promises
     */
    String inject(FaultExperiment trial);
  }
}
