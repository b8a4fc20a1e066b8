package io.stillstream.trainer.checkpoint.store;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.stillstream.trainer.training.GuardedTrainingState;
import java.io.IOException;
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
 * @param rate of the last step, its factor included
 * @param window outcomes of the prequential evaluation
 * @param releaseVersion of the last release, 0 before the first; with {@code releaseStep == steps}
 *     this checkpoint is what it is made from
 * @param releaseStep steps behind the last release
 * @param ledgerBytes length of the ledger
 * @param events that no broker is known to have; null, as in older files, is none
 * @param promotion champion, baseline and what the gate knows; {@code contest} in the file
 * @param watch of guards and drift; null, as in older files, before anything was watched
 * @param latestTeachers of the latest batch that had only one set of them; null is none
 * @param forgotten per partition of the topic of what is to be forgotten, the next offset: nothing
 *     before it is in this checkpoint, nor in those that are kept beside it; null, as in older
 *     files, is none
 * @param source which topic it is that the offsets are of; null, as in older files, is unknown
 * @param labels per partition of the topic of labels; null, as in older files, is none
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
    double rate,
    String window,
    long releaseVersion,
    long releaseStep,
    long ledgerBytes,
    List<PendingEvent> events,
    @JsonProperty("contest") PromotionState promotion,
    GuardedTrainingState watch,
    List<TeacherId> latestTeachers,
    Map<Integer, Long> forgotten,
    TopicIdentity source,
    Map<Integer, LabelOffset> labels) {
  private static final String FILE = "state.json";
  private static final ObjectMapper JSON =
      new ObjectMapper().disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES);

  public TrainerState {
    offsets = Map.copyOf(offsets);
    teachers = List.copyOf(teachers);
    policyHashes = List.copyOf(policyHashes);
    latestTeachers = latestTeachers == null ? List.of() : List.copyOf(latestTeachers);
    forgotten = forgotten == null ? Map.of() : Map.copyOf(forgotten);
    labels = labels == null ? Map.of() : Map.copyOf(labels);
    source = source == null ? TopicIdentity.UNKNOWN : source;
    events = events == null ? List.of() : List.copyOf(events);
    // Checkpoints from before there was a gate say nothing: every release was champion.
    promotion = promotion == null ? PromotionState.begin(releaseVersion) : promotion;
  }

  /** What a checkpoint says. */
  public static TrainerState read(Checkpoint checkpoint) throws IOException {
    return JSON.readValue(checkpoint.read(FILE), TrainerState.class);
  }

  /** Adds it to the files of a checkpoint. */
  public void addTo(Map<String, CheckpointStore.FileContent> files) {
    files.put(FILE, out -> out.write(JSON.writeValueAsBytes(this)));
  }

  /** A teacher's name, version and the SHA-256 of its file. */
  public record TeacherId(String name, String version, String sha256) {}
}
