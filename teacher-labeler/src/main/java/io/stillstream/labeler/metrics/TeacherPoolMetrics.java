package io.stillstream.labeler.metrics;

import io.stillstream.labeler.teachers.TeacherLease;
import java.time.Duration;
import java.util.List;

/** What is measured of teachers that come and go. */
public interface TeacherPoolMetrics {
  /** From now on these teach. */
  void activeTeachers(List<TeacherLease.Contribution> credits);

  /** A new teacher has been read, probed and warmed, or has failed at it, in this time. */
  void loaded(Duration took);

  /** A new teacher could not be had; the old one stays. */
  void loadFailed();

  /** A teacher has been replaced; no batch could begin for this time. */
  void swapped(Duration blocked);
}
