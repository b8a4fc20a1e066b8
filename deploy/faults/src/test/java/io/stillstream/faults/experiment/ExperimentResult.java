package io.stillstream.faults.experiment;

import io.stillstream.containers.tools.ExternalTool;
import io.stillstream.faults.audit.DeliveryAudit;
import java.util.List;
import java.util.Optional;

/**
 * What became of a fault.
 *
 * @param seen while it was done
 * @param times of what must come about; none if it did not
 * @param result of the audit, over everything since the pipeline began; none if it could not be
 *     done
 * @param violations in words; empty if all is right
 */
public record ExperimentResult(
    Fault fault,
    String seen,
    Optional<FaultExperiment.Times> times,
    Optional<DeliveryAudit.Result> result,
    List<String> violations) {
  /** Of a fault that this machine could not have. */
  public static ExperimentResult notDone(Fault fault, ExternalTool missing) {
    return new ExperimentResult(
        fault, "", Optional.empty(), Optional.empty(), List.of("not done, " + missing.missing()));
  }

  public boolean isRight() {
    return violations.isEmpty();
  }
}
