package io.stillstream.augmenter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.stillstream.augmenter.config.AugmenterConfig;
import io.stillstream.runtime.config.StartupException;
import io.stillstream.runtime.config.YamlSettings;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
final class AugmenterServiceTest {
  private static final String NO_BROKER =
      """
      kafka: {bootstrap.servers: "localhost:1", schema.registry.url: "http://localhost:1"}
      policy: {output: {height: 28, width: 28}}
      """;

  private final AugmenterService service =
      new AugmenterService(
          YamlSettings.parse(NO_BROKER, AugmenterConfig.class, Map.of()),
          new SimpleMeterRegistry(),
          Duration.ofMillis(200));

  @AfterEach
  void close() {
    service.close();
  }

  @Test
  void shouldBeLiveButNotReadyBeforeItIsStarted() {
    assertThat(service.health().live()).isTrue();
    assertThat(service.health().ready()).isFalse();
  }

  @Test
  void shouldReportAnUnreachableBrokerAtTheStart() throws Exception {
    // when
    assertThatThrownBy(service::start)
        .isInstanceOf(StartupException.class)
        .hasMessageContaining("kafka.bootstrap.servers: no broker answered at localhost:1");

    // then: it can be closed
    service.close();
    service.awaitStop();
    assertThat(service.health().ready()).isFalse();
  }

  @Test
  void shouldStopWithoutErrorWhenItIsClosedTwice() throws Exception {
    // when
    service.close();
    service.close();

    // then
    service.awaitStop();
  }
}
