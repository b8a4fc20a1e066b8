package io.stillstream.trainer.training.buffer;

import static io.stillstream.trainer.training.buffer.NumberedExamples.view;
import static org.assertj.core.api.Assertions.assertThat;

import io.stillstream.schemas.PixelEncoding;
import io.stillstream.trainer.training.example.LabelTarget;
import io.stillstream.trainer.training.example.TrainingExample;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;

class TeacherAwareReplayTest {
  private final TeacherAwareReplay replay = replay();

  @Test
  void shouldNoticeAnotherTeacherWhenAWholeBatchComesFromIt() {
    assertThat(replay.detectTeacherChange(List.of(view(1, 4, 7, 0), view(2, 4, 7, 0)))).isFalse();
    assertThat(replay.teacher()).isEqualTo(7);
    replay.offer(List.of(view(1, 4, 7, 0)));
    assertThat(replay.detectTeacherChange(List.of(view(3, 4, 7, 0), view(4, 4, 8, 0)))).isFalse();
    assertThat(replay.teacher()).isEqualTo(7);
    assertThat(replay.size()).isEqualTo(1);

    // when
    TrainingExample unlabelled =
        new TrainingExample(PixelEncoding.RAW, new byte[4], null, LabelTarget.of(1), false);
    boolean changed = replay.detectTeacherChange(List.of(view(5, 4, 8, 0), unlabelled));

    // then
    assertThat(changed).isTrue();
    assertThat(replay.teacher()).isEqualTo(8);
    assertThat(replay.size()).isZero();
  }

  @Test
  void shouldKnowItsTeacherAfterAStart() throws IOException {
    // given
    replay.detectTeacherChange(List.of(view(1, 4, 7, 0)));
    replay.offer(List.of(view(1, 4, 7, 0)));
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    replay.snapshot().write(new DataOutputStream(bytes));
    TeacherAwareReplay restored = replay();

    // when
    restored.restore(new DataInputStream(new ByteArrayInputStream(bytes.toByteArray())));

    // then
    assertThat(restored.size()).isEqualTo(1);
    assertThat(restored.bytes()).isEqualTo(replay.bytes());
    assertThat(restored.detectTeacherChange(List.of(view(2, 4, 7, 0)))).isFalse();
    assertThat(restored.detectTeacherChange(List.of(view(2, 4, 8, 0)))).isTrue();
  }

  private static TeacherAwareReplay replay() {
    return new TeacherAwareReplay(
        ReplayBuffer.create(BufferKind.RESERVOIR, BufferLimits.views(10), 1),
        TeacherChangePolicy.DROP);
  }
}
