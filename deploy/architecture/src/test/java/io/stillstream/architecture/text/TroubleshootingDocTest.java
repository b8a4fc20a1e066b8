package io.stillstream.architecture.text;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** What deploy/docs/troubleshooting.md quotes is what programs say. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class TroubleshootingDocTest {
  private static final Path DEPLOY = ProjectFiles.root().resolve("deploy");
  private static final Pattern METRIC =
      Pattern.compile("(student|teacher|augmenter)(\\.[a-z]+){1,5}");
  private static final Pattern REASON = Pattern.compile("[a-z]+(_[a-z]+)*");

  /** Java's own; and names that are examples. */
  private static final Set<String> NOT_OURS =
      Set.of(
          "Exception in thread \"main\" java.lang.NoClassDefFoundError: io/stillstream/…",
          "Terminating due to java.lang.OutOfMemoryError: Java heap space",
          "java.lang.UnsatisfiedLinkError: no jniopenblas_nolapack in java.library.path: …");

  private final SourceMessages sources;

  TroubleshootingDocTest() throws IOException {
    sources = new SourceMessages();
  }

  @Test
  void shouldQuoteMessagesOfPrograms() throws Exception {
    // when
    List<String> messages =
        text().codeBlocks().stream()
            .flatMap(block -> block.lines().stream())
            .map(String::strip)
            .filter(line -> !NOT_OURS.contains(line))
            .toList();
    // then
    assertThat(messages).hasSizeGreaterThan(40);
    assertThat(messages).filteredOn(line -> !isSaid(line)).isEmpty();
  }

  @Test
  void shouldNoticeOtherWords() {
    // then
    assertThat(sources.contain("Saving failed, training goes on")).isTrue();
    assertThat(sources.contain("Saving failed, training continues")).isFalse();
    assertThat(sources.contain("management.port: cannot listen on …:…, Address in use")).isTrue();
    assertThat(sources.contain("management.port: cannot bind to …:…, Address in use")).isFalse();
  }

  /** Reasons of dead letters are constants, in capitals or as they are. */
  private boolean isSaid(String line) {
    return sources.contain(line)
        || (REASON.matcher(line).matches()
            && (sources.haveLiteral(line) || sources.haveConstant(line.toUpperCase(Locale.ROOT))));
  }

  @Test
  void shouldNameAlertsThatThereAre() throws Exception {
    // given
    String rules = Files.readString(DEPLOY.resolve("prometheus/rules/alerts.yml"));
    // when
    Set<String> alerts = spans(Pattern.compile("Stillstream[A-Z]\\w+"));
    // then
    assertThat(alerts)
        .hasSizeGreaterThan(10)
        .allSatisfy(alert -> assertThat(rules).contains("alert: " + alert + "\n"));
  }

  @Test
  void shouldNameMetricsThatThereAre() throws Exception {
    // then
    assertThat(spans(METRIC)).hasSizeGreaterThan(3).allMatch(sources::haveLiteral);
  }

  @Test
  void shouldHaveMoreThanTwentySymptoms() throws Exception {
    assertThat(text().lines())
        .filteredOn(line -> line.kind() == LineKind.HEADING && line.text().startsWith("### "))
        .hasSizeGreaterThan(20);
  }

  private static Set<String> spans(Pattern pattern) throws Exception {
    return text().codeSpans().stream()
        .map(TextLine::text)
        .filter(span -> pattern.matcher(span).matches())
        .filter(span -> !span.endsWith(".yaml"))
        .collect(Collectors.toSet());
  }

  private static MarkdownText text() throws Exception {
    return MarkdownText.read(DEPLOY.resolve("docs/troubleshooting.md"));
  }
}
