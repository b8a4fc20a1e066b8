package io.stillstream.faults;

import java.util.Optional;

/**
 * Something that can happen.
 *
 * @param name in one word
 * @param what is done
 * @param inBrief whether it is part of the short form, too
 * @param documentedEnd exit code with which a service is to end of itself, as documented, and to be
 *     started again; none if none is
 * @param deed that does it
 */
record Fault(
    String name, String what, boolean inBrief, Optional<Integer> documentedEnd, Deed deed) {
  Fault(String name, String what, boolean inBrief, Deed deed) {
    this(name, what, inBrief, Optional.empty(), deed);
  }

  /** Does the worst to a pipeline through which images flow, and returns when the world is well. */
  interface Deed {
    /**
     * What was seen meanwhile, in words.
     *
     * @throws AssertionError if it was not what the documentation promises
     * @throws NotPossible if this machine has not what it needs
     */
    String happen(Trial trial);
  }

  /** It could not be done here: that is said, and no success. */
  static final class NotPossible extends RuntimeException {
    private static final long serialVersionUID = 1;

    NotPossible(String reason) {
      super(reason);
    }
  }
}
