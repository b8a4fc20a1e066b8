package io.stillstream.labeler.teachers;

import io.stillstream.labeler.model.DeviceBatch;
import io.stillstream.labeler.model.Pixels;
import io.stillstream.labeler.model.TeacherModel;
import io.stillstream.schemas.answer.OutputShape;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * Several teachers that act as one: every member infers every view, and the {@link AnswerAverager}
 * averages. If one fails on a batch the ensemble fails.
 */
final class Ensemble implements TeacherModel {
  private final List<TeacherModel> members;
  private final AnswerAverager averager;
  private final Pixels knownGood;

  /**
   * @param members stay owned by the caller
   * @throws IllegalArgumentException if they differ in what they answer, or if no member's {@link
   *     TeacherModel#knownGood} is accepted by all, so that there may be no view that all accept
   */
  Ensemble(List<TeacherModel> members, AnswerAverager averager) {
    this.members = List.copyOf(members);
    this.averager = averager;
    for (TeacherModel member : this.members) {
      if (!member.output().equals(output())) {
        throw new IllegalArgumentException(
            "%s answers %s, %s answers %s"
                .formatted(
                    member.identity().name(),
                    member.output(),
                    this.members.get(0).identity().name(),
                    output()));
      }
    }
    this.knownGood = commonKnownGood(this.members);
  }

  /** Names, versions and hashes of the members, joined. */
  @Override
  public Identity identity() {
    return new Identity(
        joined(Identity::name),
        joined(Identity::version),
        joined(Identity::sha256),
        joined(Identity::platform));
  }

  /** The device of the first member; a lane's members are all on the same device. */
  @Override
  public String device() {
    return members.get(0).device();
  }

  @Override
  public OutputShape output() {
    return members.get(0).output();
  }

  @Override
  public Optional<String> rejectionReason(Pixels view) {
    return rejection(members, view);
  }

  @Override
  public DeviceBatch prepare(List<Pixels> views) {
    List<DeviceBatch> batches = new ArrayList<>(members.size());
    try {
      for (TeacherModel member : members) {
        batches.add(member.prepare(views));
      }
      return new MemberBatches(views.size(), batches);
    } catch (RuntimeException | Error e) {
      batches.forEach(DeviceBatch::close);
      throw e;
    }
  }

  @Override
  public float[][] answers(DeviceBatch batch) {
    return answers(batch, batch.size());
  }

  /** Averages nothing of the padding. */
  @Override
  public float[][] answers(DeviceBatch batch, int views) {
    MemberBatches batches = (MemberBatches) batch;
    float[][][] answers = new float[members.size()][][];
    for (int m = 0; m < answers.length; m++) {
      answers[m] = members.get(m).answers(batches.each().get(m), views);
    }
    float[][] rows = new float[views][];
    float[][] ofView = new float[answers.length][];
    for (int n = 0; n < rows.length; n++) {
      for (int m = 0; m < answers.length; m++) {
        ofView[m] = answers[m][n];
      }
      rows[n] = averager.average(ofView);
    }
    return rows;
  }

  @Override
  public Pixels knownGood() {
    return knownGood;
  }

  /** Closes nothing: members may belong to another ensemble, too. */
  @Override
  public void close() {}

  private String joined(Function<Identity, String> part) {
    return members.stream()
        .map(member -> part.apply(member.identity()))
        .collect(Collectors.joining("+"));
  }

  private static Optional<String> rejection(List<TeacherModel> members, Pixels view) {
    return members.stream().flatMap(member -> member.rejectionReason(view).stream()).findFirst();
  }

  private static Pixels commonKnownGood(List<TeacherModel> members) {
    Optional<String> first = Optional.empty();
    for (TeacherModel member : members) {
      Pixels candidate = member.knownGood();
      Optional<String> rejection = rejection(members, candidate);
      if (rejection.isEmpty()) {
        return candidate;
      }
      first = first.or(() -> rejection);
    }
    throw new IllegalArgumentException(
        "no view fits all teachers: " + first.orElse("there are none"));
  }

  /** One batch, prepared by each member. */
  private record MemberBatches(int size, List<DeviceBatch> each) implements DeviceBatch {
    @Override
    public void close() {
      each.forEach(DeviceBatch::close);
    }
  }
}
