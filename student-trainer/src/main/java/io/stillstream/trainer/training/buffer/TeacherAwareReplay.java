package io.stillstream.trainer.training.buffer;

import io.stillstream.schemas.values.SplitMix64;
import io.stillstream.trainer.training.example.TrainingExample;
import java.io.DataInputStream;
import java.io.IOException;
import java.util.List;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;

/** What may be trained on again, and the teacher that its logits are measured against. */
public final class TeacherAwareReplay implements ReplayDraws {
  private final ReplayBuffer buffer;
  private final TeacherChangePolicy onChange;
  private final ReplaySampling sampling;
  private long teacher;

  public TeacherAwareReplay(
      ReplayBuffer buffer, TeacherChangePolicy onChange, ReplaySampling sampling) {
    this.buffer = buffer;
    this.onChange = onChange;
    this.sampling = sampling;
  }

  @Override
  public int size() {
    return buffer.size();
  }

  /** What they take on the heap. */
  public long bytes() {
    return buffer.bytes();
  }

  /** The teacher of the latest batch that had only one; 0 before the first. */
  public long teacher() {
    return teacher;
  }

  /**
   * Looks at who taught fresh views. The teacher has changed when all of them with logits come from
   * one other: where views of several are mixed, as while labelers are replaced one by one, nothing
   * happens yet.
   *
   * @return whether it has; not for the first one
   */
  public boolean detectTeacherChange(List<TrainingExample> fresh) {
    long only = 0;
    for (TrainingExample view : fresh) {
      if (!view.hasAnswer() || view.teacher() == 0) {
        continue;
      }
      if (only != 0 && view.teacher() != only) {
        return false;
      }
      only = view.teacher();
    }
    if (only == 0 || only == teacher) {
      return false;
    }
    boolean first = teacher == 0;
    teacher = only;
    if (!first) {
      buffer.teacherChanged(teacher, onChange);
    }
    return !first;
  }

  /** Removes views, and says how many. */
  public int removeIf(Predicate<TrainingExample> which) {
    return buffer.removeIf(which);
  }

  /** Replaces views of an image, see {@link ReplayBuffer#update}; says how many. */
  public int update(long image, UnaryOperator<TrainingExample> change) {
    return buffer.update(image, change);
  }

  public void offer(List<TrainingExample> views) {
    views.stream().filter(sampling::stores).forEach(buffer::offer);
  }

  @Override
  public void drawInto(List<TrainingExample> target, int count, long step) {
    drawInto(target, count, step, buffer.random());
  }

  private void drawInto(List<TrainingExample> target, int count, long step, SplitMix64 random) {
    int from = target.size();
    buffer.drawInto(target, count, random);
    sampling.mirror(target, from, step);
  }

  /**
   * The draws that come next, made without changing anything: they are those that {@link #drawInto}
   * will make as long as steps and counts are the same, and the buffer does not change.
   */
  public ReplayDraws lookahead() {
    SplitMix64 random = new SplitMix64(buffer.random().state());
    return new ReplayDraws() {
      @Override
      public int size() {
        return buffer.size();
      }

      @Override
      public void drawInto(List<TrainingExample> target, int count, long step) {
        TeacherAwareReplay.this.drawInto(target, count, step, random);
      }
    };
  }

  /** What it is now, to be written later, by any thread. */
  public ReplaySnapshot snapshot() {
    return new ReplaySnapshot(teacher, buffer.state());
  }

  /** Restores a snapshot. */
  public void restore(ReplaySnapshot snapshot) {
    teacher = snapshot.teacher();
    buffer.restore(snapshot.buffer());
  }

  /** Restores the buffer of a checkpoint of format 2 to 4. */
  public void restore(DataInputStream in) throws IOException {
    teacher = in.readLong();
    buffer.restore(BufferState.read(in));
  }

  /** Restores the reservoir of a checkpoint of format 1, which has no teacher. */
  public void restoreReservoir(DataInputStream in) throws IOException {
    teacher = 0;
    buffer.restore(BufferState.readReservoir(in));
  }

  /** Everything at one moment. */
  public record ReplaySnapshot(long teacher, BufferState buffer) {}
}
