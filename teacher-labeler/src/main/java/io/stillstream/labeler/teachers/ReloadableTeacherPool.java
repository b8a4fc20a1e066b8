package io.stillstream.labeler.teachers;

import io.stillstream.labeler.model.TeacherModel;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.IntStream;

/**
 * One teacher, or several that answer as one, each of which can be replaced while batches are being
 * answered. A batch that has entered keeps the teachers that it found; teachers that have been
 * replaced are closed once the last batch that holds them lets go.
 */
public final class ReloadableTeacherPool implements TeacherPool {
  private final ProbabilityAverager mixture;
  private final Executor closing;

  /** Null once the faculty is closed. */
  private Generation current;

  /**
   * @param members for each member its lanes: the same teacher as many times as it can be asked at
   *     once; all members have equally many. They belong to the faculty from now on
   * @param mixture with a weight for each member
   * @param closing closes teachers, which may take its time
   * @throws IllegalArgumentException if the members cannot answer as one; they are left open then
   */
  public ReloadableTeacherPool(
      List<List<TeacherModel>> members, ProbabilityAverager mixture, Executor closing) {
    this.mixture = mixture;
    this.closing = closing;
    this.current = new Generation(members.stream().map(Member::new).toList());
  }

  @Override
  public synchronized TeacherLease acquire() {
    requireOpen();
    current.holders++;
    return new Lease(current);
  }

  /**
   * Replaces one member. Batches wait for this call, but for nothing else: it only exchanges what
   * {@link #acquire} gives out.
   *
   * @param member from 0
   * @param lanes loaded and warm; they belong to the faculty from now on
   * @throws IllegalArgumentException if the new one does not fit the others, or has another number
   *     of classes or lanes than the old one; it is left open then, and the old one stays
   * @throws IllegalStateException if the faculty is closed; it is left open then
   */
  public synchronized void replace(int member, List<TeacherModel> lanes) {
    requireOpen();
    int classes = lanes.get(0).classes();
    if (classes != current.classes()) {
      throw new IllegalArgumentException(
          "the new teacher has %d classes, the old one %d".formatted(classes, current.classes()));
    }
    List<Member> seats = new ArrayList<>(current.seats);
    seats.set(member, new Member(lanes));
    Generation next = new Generation(seats);
    Generation old = current;
    current = next;
    release(old);
  }

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
      throw new IllegalStateException("the faculty is closed");
    }
  }

  private synchronized void release(Generation period) {
    if (--period.holders > 0) {
      return;
    }
    for (Member seat : period.seats) {
      if (--seat.periods == 0) {
        closing.execute(() -> seat.lanes.forEach(TeacherModel::close));
      }
    }
  }

  /** A member, and in how many periods that are not over it teaches. */
  private static final class Member {
    private final List<TeacherModel> lanes;
    private int periods;

    private Member(List<TeacherModel> lanes) {
      this.lanes = List.copyOf(lanes);
    }
  }

  /** Who teaches between two changes, held by the faculty and by batches. */
  private final class Generation {
    private final List<Member> seats;
    private final List<TeacherModel> lanes;
    private final List<TeacherLease.Contribution> credits;
    private int holders = 1;

    private Generation(List<Member> seats) {
      int width = seats.get(0).lanes.size();
      if (seats.stream().anyMatch(seat -> seat.lanes.size() != width)) {
        throw new IllegalArgumentException("all teachers must have equally many lanes");
      }
      this.seats = List.copyOf(seats);
      this.lanes = IntStream.range(0, width).mapToObj(this::combined).toList();
      List<Double> weights = mixture.weights();
      this.credits =
          IntStream.range(0, seats.size())
              .mapToObj(
                  m ->
                      new TeacherLease.Contribution(
                          seats.get(m).lanes.get(0).identity(), weights.get(m)))
              .toList();
      seats.forEach(seat -> seat.periods++);
    }

    private int classes() {
      return lanes.get(0).classes();
    }

    private TeacherModel combined(int lane) {
      List<TeacherModel> members = seats.stream().map(seat -> seat.lanes.get(lane)).toList();
      return members.size() == 1 ? members.get(0) : new Ensemble(members, mixture);
    }
  }

  private final class Lease implements TeacherLease {
    private final Generation period;
    private final AtomicBoolean held = new AtomicBoolean(true);

    private Lease(Generation period) {
      this.period = period;
    }

    @Override
    public List<Contribution> contributions() {
      return period.credits;
    }

    @Override
    public int classes() {
      return period.classes();
    }

    @Override
    public int lanes() {
      return period.lanes.size();
    }

    @Override
    public TeacherModel lane(int lane) {
      return period.lanes.get(lane);
    }

    /** A second time does nothing. */
    @Override
    public void close() {
      if (held.getAndSet(false)) {
        release(period);
      }
    }
  }
}
