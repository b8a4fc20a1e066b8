package io.stillstream.labeler.preprocess;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.stillstream.embedded.FrozenRecords;
import io.stillstream.embedded.registry.DevelopmentRegistry;
import io.stillstream.labeler.model.FakeTeacherModel;
import io.stillstream.runtime.records.RecordValueDeserializer;
import io.stillstream.schemas.AugmentedView;
import io.stillstream.schemas.Label;
import java.nio.file.Path;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ViewPreprocessorTest {
  private static final byte[] PIXELS = {0, 127, -128, -1, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15};

  @Test
  void shouldReadAViewOfAnEarlierVersion(@TempDir Path directory) throws Exception {
    // given
    try (DevelopmentRegistry registry =
            DevelopmentRegistry.start(directory.resolve("registry.json"), 0);
        RecordValueDeserializer<AugmentedView> reader =
            new RecordValueDeserializer<>(
                AugmentedView.class,
                Map.of("schema.registry.url", registry.url().toString()),
                new SimpleMeterRegistry())) {
      byte[] value =
          new FrozenRecords(Path.of(".."), registry.url()).value("views", "AugmentedView", "v1");

      // when
      PreprocessedView read =
          new ViewPreprocessor(imageId -> true, reader)
              .preprocess(
                  new ConsumerRecord<>("views", 0, 0, null, value),
                  FakeTeacherModel.named("fake", 4, 0));

      // then
      assertThat(read.result()).isNull();
      assertThat(read.pixels().bytes()).isEqualTo(PIXELS);
      assertThat(read.view().getLineage().getImageId()).isEqualTo("img-1");
      assertThat(read.view().getLabel()).isEqualTo(new Label(2, 1, 0.75));
      assertThat(read.view().getRecipe().getMix().getPartnerImageId()).isEqualTo("img-0");
    }
  }
}
