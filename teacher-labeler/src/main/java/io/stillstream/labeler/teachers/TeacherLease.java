package io.stillstream.labeler.teachers;

import io.stillstream.labeler.model.TeacherModel;
import java.util.List;

/**
 * The teachers of a time, held by one batch: for as long as it is held they stay loaded, and they
 * never change. Closing gives it back. A term may be used by several threads, a lane by one at a
 * time.
 */
public interface TeacherLease extends AutoCloseable {
  /** What every label of this term names; the weights sum to 1. */
  List<Contribution> contributions();

  /** Number of classes K. */
  int classes();

  /** How many batches can be answered at the same time. */
  int lanes();

  /**
   * The teacher of a lane; an ensemble looks like one.
   *
   * @param lane from 0 to {@link #lanes} − 1
   */
  TeacherModel lane(int lane);

  @Override
  void close();

  /** One teacher's part in the labels. */
  record Contribution(TeacherModel.Identity teacher, double weight) {}
}
