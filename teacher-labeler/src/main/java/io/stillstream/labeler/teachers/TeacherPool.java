package io.stillstream.labeler.teachers;

import io.stillstream.labeler.model.TeacherModel;
import io.stillstream.schemas.answer.OutputShape;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.IntStream;

/**
 * One teacher, or an ensemble, whose members can be replaced while batches are being inferred. A
 * batch keeps the teachers of its lease; replaced teachers are closed when the last lease on them
 * is closed. Safe for use by several threads.
 */
public final class TeacherPool implements AutoCloseable {
  private final AnswerAverager averager;
  private final Executor closing;

  /** Null once the pool is closed. */
  private Generation current;

  /**
   * @param members for each member its lanes: the same teacher as many times as it can infer at
   *     once; of an ensemble as many are used as each member has. They belong to the pool from now
   *     on
   * @param averager with a weight for each member
   * @param closing closes teachers, which may take long
   * @throws IllegalArgumentException if the members do not fit each other; they are left open then
   */
  public TeacherPool(List<List<TeacherModel>> members, AnswerAverager averager, Executor closing) {
    this.averager = averager;
    this.closing = closing;
    this.current = new Generation(members.stream().map(Member::new).toList());
  }

  /** What the teachers answer for one view; the same as long as the pool is open. */
  public synchronized OutputShape output() {
    requireOpen();
    return current.output();
  }

  /** A lease on the current teachers; the caller closes it. */
  public synchronized TeacherLease acquire() {
    requireOpen();
    current.holders++;
    return new Lease(current);
  }

  /**
   * Replaces one member. New batches wait for this call, which is short: loading is done before.
   *
   * @param member from 0
   * @param lanes loaded and warmed up; they belong to the pool from now on
   * @throws IllegalArgumentException if the new one does not fit the others, or answers otherwise
   *     or has another number of lanes than the old one; it is left open then, and the old one
   *     stays
   * @throws IllegalStateException if the pool is closed; it is left open then
   */
  public synchronized void replace(int member, List<TeacherModel> lanes) {
    requireOpen();
    OutputShape output = lanes.get(0).output();
    if (!output.equals(current.output())) {
      throw new IllegalArgumentException(
          "the new teacher answers %s, the old one %s".formatted(output, current.output()));
    }
    List<Member> members = new ArrayList<>(current.members);
    members.set(member, new Member(lanes));
    Generation next = new Generation(members);
    if (next.lanes.size() != current.lanes.size()) {
      next.members.forEach(each -> each.generations--);
      throw new IllegalArgumentException(
          "the new teacher has %d lanes, the old one %d"
              .formatted(next.lanes.size(), current.lanes.size()));
    }
    Generation old = current;
    current = next;
    release(old);
  }

  /** Closes the current teachers when the last lease on them is closed. */
  @Override
  public synchronized void close() {
    if (current != null) {
      Generation last = current;
      current = null;
      release(last);
    }
  }

  private void requireOpen() {
    if (current == null) {
      throw new IllegalStateException("the pool is closed");
    }
  }

  private synchronized void release(Generation generation) {
    if (--generation.holders > 0) {
      return;
    }
    for (Member member : generation.members) {
      if (--member.generations == 0) {
        closing.execute(() -> member.lanes.forEach(TeacherModel::close));
      }
    }
  }

  /** A member, and how many open generations it is in. */
  private static final class Member {
    private final List<TeacherModel> lanes;
    private int generations;

    private Member(List<TeacherModel> lanes) {
      this.lanes = List.copyOf(lanes);
    }
  }

  /** The teachers between two replacements, in use by the pool and by leases. */
  private final class Generation {
    private final List<Member> members;
    private final List<TeacherModel> lanes;
    private final List<TeacherLease.Contribution> contributions;
    private int holders = 1;

    private Generation(List<Member> members) {
      int width = members.stream().mapToInt(member -> member.lanes.size()).min().orElseThrow();
      this.members = List.copyOf(members);
      this.lanes = IntStream.range(0, width).mapToObj(this::combined).toList();
      List<Double> weights = averager.weights();
      this.contributions =
          IntStream.range(0, members.size())
              .mapToObj(
                  m ->
                      new TeacherLease.Contribution(
                          members.get(m).lanes.get(0).identity(), weights.get(m)))
              .toList();
      members.forEach(member -> member.generations++);
    }

    private OutputShape output() {
      return lanes.get(0).output();
    }

    private TeacherModel combined(int lane) {
      List<TeacherModel> models = members.stream().map(member -> member.lanes.get(lane)).toList();
      return models.size() == 1 ? models.get(0) : new Ensemble(models, averager);
    }
  }

  private final class Lease implements TeacherLease {
    private final Generation generation;
    private final AtomicBoolean open = new AtomicBoolean(true);

    private Lease(Generation generation) {
      this.generation = generation;
    }

    @Override
    public List<Contribution> contributions() {
      return generation.contributions;
    }

    @Override
    public int lanes() {
      return generation.lanes.size();
    }

    @Override
    public TeacherModel lane(int lane) {
      return generation.lanes.get(lane);
    }

    /** A second time does nothing. */
    @Override
    public void close() {
      if (open.getAndSet(false)) {
        release(generation);
      }
    }
  }
}
