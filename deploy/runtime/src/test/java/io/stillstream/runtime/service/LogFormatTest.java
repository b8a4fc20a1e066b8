package io.stillstream.runtime.service;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.joran.JoranConfigurator;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.OutputStreamAppender;
import ch.qos.logback.core.read.ListAppender;
import ch.qos.logback.core.status.Status;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.Map;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The formats of the log that {@code logback.xml} offers. */
final class LogFormatTest {
  private final LoggerContext context = new LoggerContext();

  @AfterEach
  void stop() {
    context.stop();
  }

  @Test
  void shouldWriteLinesOfTextUnlessToldOtherwise() throws Exception {
    // when
    String line = line(Map.of(), LogFormatTest::logForgery);

    // then
    assertThat(line)
        .matches("\\S+ WARN  \\[\\S+] Logger bad\\?\\\\u value topic=\"images\" count=\"3\"\\R");
  }

  @Test
  void shouldWriteOneJsonObjectPerLineWithKeysAndValues() throws Exception {
    // when
    String line = line(Map.of("STILLSTREAM_LOG_FORMAT", "json"), LogFormatTest::logForgery);

    // then
    assertThat(line).endsWith("}\n").hasLineCount(1);
    JsonNode json = new ObjectMapper().readTree(line);
    assertThat(json.path("level").asText()).isEqualTo("WARN");
    assertThat(json.path("loggerName").asText()).isEqualTo("a.Logger");
    assertThat(json.path("timestamp").asLong()).isPositive();
    assertThat(json.path("formattedMessage").asText()).isEqualTo("bad\u001b\\u value");
    assertThat(json.at("/kvpList/0/topic").asText()).isEqualTo("images");
    assertThat(json.at("/kvpList/1/count").asText()).isEqualTo("3");
  }

  @Test
  void shouldWriteOneJsonObjectWhateverAValueHolds() throws Exception {
    // given
    String value = "a \"b\"\n\\ {\"level\":\"ERROR\"}";
    Exception cause = new IllegalStateException("of \"it\"\n", new RuntimeException("inner"));

    // when
    String line =
        line(
            Map.of("STILLSTREAM_LOG_FORMAT", "json"),
            logger -> logger.atError().setCause(cause).addKeyValue("re\"ason", value).log("x\ny"));

    // then
    assertThat(line).hasLineCount(1);
    JsonNode json = new ObjectMapper().readTree(line);
    assertThat(json.path("formattedMessage").asText()).isEqualTo("x\ny");
    assertThat(json.at("/kvpList/0").path("re\"ason").asText()).isEqualTo(value);
    assertThat(json.at("/throwable/message").asText()).isEqualTo("of \"it\"\n");
  }

  @Test
  void shouldNotWriteHeadersAndAddressesOfRequestsAtAnyLevel() throws Exception {
    // given
    Map<String, String> talkative = Map.of("STILLSTREAM_LOG_LEVEL", "TRACE");

    // when
    line(talkative, logger -> logger.trace("a"));

    // then
    assertThat(context.getLogger("a.Logger").isTraceEnabled()).isTrue();
    assertThat(context.getLogger("org.apache.hc.client5.http.headers").isDebugEnabled()).isFalse();
    assertThat(context.getLogger("software.amazon.awssdk.auth").isDebugEnabled()).isFalse();
  }

  private static void logForgery(Logger logger) {
    logger
        .atWarn()
        .addKeyValue("topic", "images")
        .addKeyValue("count", 3)
        .log("bad{}\\u value", (char) 27);
  }

  private String line(Map<String, String> environment, Consumer<Logger> log) throws Exception {
    environment.forEach(context::putProperty);
    JoranConfigurator configurator = new JoranConfigurator();
    configurator.setContext(context);
    configurator.doConfigure(LogFormatTest.class.getResource("/logback.xml"));
    assertThat(context.getStatusManager().getCopyOfStatusList())
        .extracting(Status::getLevel)
        .containsOnly(Status.INFO);
    Logger root = context.getLogger("ROOT");
    ListAppender<ILoggingEvent> events = new ListAppender<>();
    events.start();
    OutputStreamAppender<ILoggingEvent> console =
        (OutputStreamAppender<ILoggingEvent>) root.getAppender("CONSOLE");
    root.detachAppender(console);
    root.addAppender(events);
    log.accept(context.getLogger("a.Logger"));
    return new String(console.getEncoder().encode(events.list.get(0)), UTF_8);
  }
}
