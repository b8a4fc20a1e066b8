package io.stillstream.bench.load.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.stillstream.augmenter.config.AugmenterConfig;
import io.stillstream.augmenter.topology.OfflineAugmenter;
import io.stillstream.embedded.registry.DevelopmentRegistry;
import io.stillstream.runtime.config.YamlSettings;
import io.stillstream.runtime.records.BadRecordException;
import io.stillstream.runtime.records.RecordCoordinates;
import io.stillstream.runtime.records.RecordValueSerializer;
import io.stillstream.schemas.ImageEvent;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class InvalidImageKindTest {
  @TempDir private Path directory;

  @Test
  void shouldBeBadForTheReasonThatItGives() {
    // given
    try (DevelopmentRegistry registry =
        DevelopmentRegistry.start(directory.resolve("registry.json"), 0)) {
      Map<String, String> kafka = Map.of("schema.registry.url", registry.url().toString());
      try (RecordValueSerializer<ImageEvent> writer =
              new RecordValueSerializer<>(kafka, new SimpleMeterRegistry());
          OfflineAugmenter augmenter =
              new OfflineAugmenter(config(registry), new SimpleMeterRegistry())) {
        for (InvalidImageKind kind : InvalidImageKind.values()) {
          byte[] record = writer.serialize("images", kind.payload().event(kind.name(), 0));

          // when
          BadRecordException refusal =
              catchThrowableOfType(
                  BadRecordException.class,
                  () -> augmenter.augment(record, new RecordCoordinates("images", 0, 0)));

          // then
          assertThat(refusal).as(kind.name()).isNotNull();
          assertThat(refusal.reason()).as(kind.name()).isEqualTo(kind.reason());
        }
      }
    }
  }

  private static AugmenterConfig config(DevelopmentRegistry registry) {
    String yaml =
        """
        kafka: {bootstrap.servers: "127.0.0.1:9", schema.registry.url: "%s"}
        policy: {output: {height: 28, width: 28, channels: 1}}
        """
            .formatted(registry.url());
    return YamlSettings.parse(yaml, AugmenterConfig.class, Map.of());
  }
}
