package io.stillstream.local.demo.report;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.stillstream.schemas.answer.ModelTask;
import org.junit.jupiter.api.Test;

class PipelineProgressTest {
  private final SimpleMeterRegistry meters = new SimpleMeterRegistry();

  @Test
  void shouldShowTheScoresOfTheTask() {
    // given
    meters.gauge("student.prequential.accuracy", 0.8);
    meters.gauge("student.prequential.teacher.accuracy", 0.9);
    // Of all views of the stream: not to be compared with the student's.
    meters.gauge("teacher.accuracy", 0.7);
    meters.gauge("student.teacher.agreement", 0.85);
    meters.gauge("student.prequential.mean.iou", 0.5);
    meters.gauge("student.prequential.teacher.mean.iou", 0.6);
    meters.gauge("teacher.mean.iou", 0.4);
    meters.gauge("student.prequential.cosine", 0.93);
    // when, then
    assertThat(line(ModelTask.CLASSIFICATION))
        .endsWith("student 80.0 %  teacher 90.0 %  agreement 85.0 %");
    assertThat(line(ModelTask.SEGMENTATION))
        .endsWith("mIoU of student 50.0 %  of teacher 60.0 %  between them -");
    assertThat(line(ModelTask.EMBEDDING)).endsWith("images/s  cosine 93.0 %");
  }

  private String line(ModelTask task) {
    return PipelineProgress.of(task, 12, 3, 4.2, meters).line(false);
  }
}
