package io.stillstream.labeler.teachers;

import io.stillstream.labeler.model.TeacherModel;
import java.util.List;

/**
 * The teachers of one batch: as long as the lease is open they stay loaded and never change. A
 * lease may be used by several threads, a lane by one at a time.
 */
public interface TeacherLease extends AutoCloseable {
  /** The teachers that every label made under this lease names; the weights sum to 1. */
  List<Contribution> contributions();

  /** How many batches can be inferred at the same time. */
  int lanes();

  /**
   * The teacher, or ensemble, of a lane.
   *
   * @param lane from 0 to {@link #lanes} − 1
   */
  TeacherModel lane(int lane);

  @Override
  void close();

  /** One teacher's part in the labels. */
  record Contribution(TeacherModel.Identity teacher, double weight) {}
}
