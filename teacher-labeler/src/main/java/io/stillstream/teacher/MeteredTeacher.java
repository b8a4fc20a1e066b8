package io.stillstream.teacher;

import io.stillstream.teacher.labels.LabelerMetrics;
import io.stillstream.teacher.labels.Teacher;
import java.time.Duration;
import java.util.List;

/** A teacher whose answers are timed, failures too. */
record MeteredTeacher(Teacher teacher, LabelerMetrics metrics) implements Teacher {
  @Override
  public Identity identity() {
    return teacher.identity();
  }

  @Override
  public int classes() {
    return teacher.classes();
  }

  @Override
  public byte[] knownGood() {
    return teacher.knownGood();
  }

  @Override
  public float[][] logits(List<byte[]> views) {
    long start = System.nanoTime();
    try {
      return teacher.logits(views);
    } finally {
      metrics.inference(Duration.ofNanos(System.nanoTime() - start));
    }
  }

  @Override
  public void close() {
    teacher.close();
  }
}
