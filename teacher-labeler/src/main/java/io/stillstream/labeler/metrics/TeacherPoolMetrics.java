package io.stillstream.labeler.metrics;

import io.stillstream.labeler.teachers.TeacherLease;
import java.time.Duration;
import java.util.List;

/** Metrics of replaced teachers. */
public interface TeacherPoolMetrics {
  /** From now on these teachers label. */
  void activeTeachers(List<TeacherLease.Contribution> contributions);

  /** A new teacher has been loaded, probed and warmed up, or failed to, in this time. */
  void loaded(Duration took);

  /** A new teacher is not usable; the old one stays. */
  void loadFailed();

  /** A teacher has been replaced; no batch could begin for this time. */
  void swapped(Duration blocked);
}
