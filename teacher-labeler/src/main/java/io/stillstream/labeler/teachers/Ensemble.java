package io.stillstream.labeler.teachers;

import io.stillstream.labeler.model.Pixels;
import io.stillstream.labeler.model.PreparedBatch;
import io.stillstream.labeler.model.TeacherModel;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * Several teachers that answer as one: every member sees every view, and the answer is the {@link
 * ProbabilityAverager} of theirs. If one fails on a batch all have; a logit of one that is not
 * finite spoils the view's row.
 */
final class Ensemble implements TeacherModel {
  private final List<TeacherModel> members;
  private final ProbabilityAverager mixture;
  private final Pixels knownGood;

  /**
   * @param members the caller goes on owning them
   * @throws IllegalArgumentException if they differ in the number of classes, or if no member's
   *     {@link TeacherModel#knownGood} is taken by all, so that there may be no view that all take
   */
  Ensemble(List<TeacherModel> members, ProbabilityAverager mixture) {
    this.members = List.copyOf(members);
    this.mixture = mixture;
    for (TeacherModel member : this.members) {
      if (member.classes() != classes()) {
        throw new IllegalArgumentException(
            "%s has %d classes, %s has %d"
                .formatted(
                    member.identity().name(),
                    member.classes(),
                    this.members.get(0).identity().name(),
                    classes()));
      }
    }
    this.knownGood = agreeable(this.members);
  }

  /** Names, versions and hashes of the members, joined. */
  @Override
  public Identity identity() {
    return new Identity(
        joined(Identity::name), joined(Identity::version), joined(Identity::sha256));
  }

  /** Where the first member computes; a lane's members are all on the same device. */
  @Override
  public String device() {
    return members.get(0).device();
  }

  @Override
  public int classes() {
    return members.get(0).classes();
  }

  @Override
  public Optional<String> rejectionReason(Pixels view) {
    return refusal(members, view);
  }

  @Override
  public PreparedBatch prepare(List<Pixels> views) {
    List<PreparedBatch> batches = new ArrayList<>(members.size());
    try {
      for (TeacherModel member : members) {
        batches.add(member.prepare(views));
      }
      return new MemberBatches(views.size(), batches);
    } catch (RuntimeException | Error e) {
      batches.forEach(PreparedBatch::close);
      throw e;
    }
  }

  @Override
  public float[][] logits(PreparedBatch batch) {
    MemberBatches batches = (MemberBatches) batch;
    float[][][] answers = new float[members.size()][][];
    for (int m = 0; m < answers.length; m++) {
      answers[m] = members.get(m).logits(batches.each().get(m));
    }
    float[][] rows = new float[batch.size()][];
    for (int n = 0; n < rows.length; n++) {
      float[][] ofView = new float[answers.length][];
      for (int m = 0; m < answers.length; m++) {
        ofView[m] = answers[m][n];
      }
      rows[n] = mixture.logProbabilities(ofView);
    }
    return rows;
  }

  @Override
  public Pixels knownGood() {
    return knownGood;
  }

  /** Closes nothing: members may teach elsewhere, too. */
  @Override
  public void close() {}

  private String joined(Function<Identity, String> part) {
    return members.stream()
        .map(member -> part.apply(member.identity()))
        .collect(Collectors.joining("+"));
  }

  private static Optional<String> refusal(List<TeacherModel> members, Pixels view) {
    return members.stream().flatMap(member -> member.rejectionReason(view).stream()).findFirst();
  }

  private static Pixels agreeable(List<TeacherModel> members) {
    Optional<String> first = Optional.empty();
    for (TeacherModel member : members) {
      Pixels candidate = member.knownGood();
      Optional<String> refusal = refusal(members, candidate);
      if (refusal.isEmpty()) {
        return candidate;
      }
      first = first.or(() -> refusal);
    }
    throw new IllegalArgumentException(
        "no view fits all teachers: " + first.orElse("there are none"));
  }

  /** One batch as each member wants it. */
  private record MemberBatches(int size, List<PreparedBatch> each) implements PreparedBatch {
    @Override
    public void close() {
      each.forEach(PreparedBatch::close);
    }
  }
}
