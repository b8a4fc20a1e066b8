package io.stillstream.trainer.replica;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class ReplicaManifestTest {
  @Test
  void shouldRefuseALaterFormat() {
    // given
    byte[] later =
        "{\"format\": %d, \"checkpoints\": [], \"releases\": []}"
            .formatted(ReplicaManifest.FORMAT + 1)
            .getBytes(UTF_8);

    // then
    assertThatThrownBy(() -> ReplicaManifest.read(later, "s3://students/cnn/head.json"))
        .isInstanceOf(CorruptObjectException.class)
        .hasMessage(
            "s3://students/cnn/head.json has format %d and this version of the trainer reads formats 1"
                    .formatted(ReplicaManifest.FORMAT + 1)
                + " to %d: a later version wrote it, run that one again (deploy/docs/upgrade.md)"
                    .formatted(ReplicaManifest.FORMAT));
  }
}
