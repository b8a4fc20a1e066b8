package io.stillstream.student.checkpoint;

import java.util.List;
import java.util.Map;

/**
 * What a checkpoint knows besides tensors and views.
 *
 * @param student name of the student
 * @param modelSha256 of the untrained file that it began with
 * @param topic that the offsets are of
 * @param offsets per partition, the next to read: everything before it has been dealt with
 * @param steps optimiser steps so far
 * @param viewsSeen fresh views trained on so far
 * @param missed records that were gone before they could be read, at most
 * @param teachers that the weights learned from
 * @param policyHashes of the views
 * @param loss of the last step
 * @param window outcomes of the prequential evaluation
 * @param releaseVersion of the last release, 0 before the first; with {@code releaseStep == steps}
 *     this checkpoint is what it is made from
 * @param releaseStep steps behind the last release
 * @param ledgerBytes length of the ledger
 */
public record TrainerState(
    String student,
    String modelSha256,
    String topic,
    Map<Integer, Long> offsets,
    long steps,
    long viewsSeen,
    long missed,
    List<TeacherId> teachers,
    List<String> policyHashes,
    double loss,
    String window,
    long releaseVersion,
    long releaseStep,
    long ledgerBytes) {

  public TrainerState {
    offsets = Map.copyOf(offsets);
    teachers = List.copyOf(teachers);
    policyHashes = List.copyOf(policyHashes);
  }

  /** A teacher's name, version and the SHA-256 of its file. */
  public record TeacherId(String name, String version, String sha256) {}
}
