package io.stillstream.local.terminal;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.joran.JoranConfigurator;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What of a demo's log the console shows. */
class DemoLogTest {
  @TempDir Path directory;
  private final LoggerContext context = new LoggerContext();

  @BeforeEach
  void configure() throws Exception {
    context.putProperty("stillstream.log.file", directory.resolve("demo.log").toString());
    JoranConfigurator configurator = new JoranConfigurator();
    configurator.setContext(context);
    configurator.doConfigure(
        LogDestination.class.getResource("/io/stillstream/local/logback-demo.xml"));
  }

  @AfterEach
  void stop() {
    context.stop();
  }

  @Test
  void shouldKeepSlowEventsOfTheControllerFromTheConsole() throws Exception {
    // given: a class of Kafka's, by whose name it logs
    Class<?> monitor =
        Class.forName("org.apache.kafka.controller.EventPerformanceMonitor", false, loader());
    Logger logger = context.getLogger(monitor);

    // then
    assertThat(logger.isAdditive()).isFalse();
    assertThat(logger.isErrorEnabled()).isTrue();
    assertThat(logger.getAppender("FILE")).isNotNull();
    assertThat(logger.getAppender("STDERR")).isNull();
    assertThat(context.getLogger(Logger.ROOT_LOGGER_NAME).getAppender("STDERR")).isNotNull();
  }

  private static ClassLoader loader() {
    return DemoLogTest.class.getClassLoader();
  }
}
