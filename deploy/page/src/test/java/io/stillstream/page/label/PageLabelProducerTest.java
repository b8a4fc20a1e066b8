package io.stillstream.page.label;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.stillstream.schemas.ImageLabel;
import java.time.Instant;
import java.util.Map;
import org.apache.kafka.common.serialization.Serializer;
import org.junit.jupiter.api.Test;

class PageLabelProducerTest {
  @Test
  void shouldSayThatBrokersAreAwayEachTime() {
    try (PageLabelProducer producer =
        new PageLabelProducer(
            Map.of("bootstrap.servers", "localhost:1", "value.serializer", Bytes.class.getName()),
            "labels")) {
      for (int attempt = 0; attempt < 2; attempt++) {
        assertThatThrownBy(() -> producer.send(label()))
            .isInstanceOf(LabelNotTakenException.class)
            .hasMessageContaining("the brokers have not taken the label for labels");
      }
    }
  }

  @Test
  void shouldSayThatTheRegistryIsAway() {
    try (PageLabelProducer producer =
        new PageLabelProducer(
            Map.of("bootstrap.servers", "localhost:1", "schema.registry.url", "http://localhost:1"),
            "labels")) {
      assertThatThrownBy(() -> producer.send(label()))
          .isInstanceOf(LabelNotTakenException.class)
          .hasMessageContaining("the registry does not answer");
    }
  }

  @Test
  void shouldTakeNothingAfterItsEnd() {
    // given
    PageLabelProducer producer =
        new PageLabelProducer(Map.of("bootstrap.servers", "localhost:1"), "labels");

    // when
    producer.close();

    // then
    assertThatThrownBy(() -> producer.send(label()))
        .isInstanceOf(LabelNotTakenException.class)
        .hasMessageContaining("stopping");
  }

  private static ImageLabel label() {
    return ImageLabel.newBuilder()
        .setImageId("a")
        .setLabel(1)
        .setSource("page")
        .setLabeledAt(Instant.EPOCH)
        .build();
  }

  /** Needs no registry. */
  public static final class Bytes implements Serializer<Object> {
    @Override
    public byte[] serialize(String topic, Object data) {
      return new byte[1];
    }
  }
}
