package io.stillstream.schemas.wire;

import static org.assertj.core.api.Assertions.assertThat;

import org.apache.kafka.common.serialization.Deserializer;
import org.apache.kafka.common.serialization.Serializer;
import org.junit.jupiter.api.Test;

final class SerdeDefaultsTest {

  @Test
  void shouldNameClassesThatKafkaCanInstantiate() throws ReflectiveOperationException {
    // when
    Class<?> serializer = Class.forName(SerdeDefaults.serializerClass());
    Class<?> deserializer = Class.forName(SerdeDefaults.deserializerClass());

    // then
    assertThat(serializer.getConstructor().newInstance()).isInstanceOf(Serializer.class);
    assertThat(deserializer.getConstructor().newInstance()).isInstanceOf(Deserializer.class);
  }
}
