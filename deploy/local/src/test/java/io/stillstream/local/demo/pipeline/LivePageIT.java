package io.stillstream.local.demo.pipeline;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.stillstream.containers.tools.ExternalTool;
import io.stillstream.containers.tools.RequiresTool;
import io.stillstream.local.ingest.ImageSender;
import io.stillstream.schemas.ImageEvent;
import io.stillstream.schemas.topics.Topics;
import java.net.URI;
import java.net.URLDecoder;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.openqa.selenium.Keys;
import org.openqa.selenium.WebElement;

/**
 * The live page of the demo's own pipeline in a real browser. What it looked like is in {@code
 * target/screenshots}; {@code -Dpage.steps=N} lets the pipeline run as fast as it can for N steps
 * before.
 */
@RequiresTool(ExternalTool.CHROMIUM)
final class LivePageIT {
  private static final int VIEWS = ContinuouslyFedPipeline.VIEWS;
  private static final long STEPS = Long.getLong("page.steps", 0);
  private static final Duration PATIENCE = Duration.ofMinutes(2);
  private static final Path SCREENSHOTS = Path.of("target/screenshots");

  @TempDir static Path directory;
  private static ContinuouslyFedPipeline fed;
  private static HeadlessBrowser browser;
  private static LivePageContent glance;
  private static CuttableTcpProxy cable;
  private static String page;

  @BeforeAll
  static void start() {
    browser = new HeadlessBrowser();
    glance = new LivePageContent(browser);
    fed = new ContinuouslyFedPipeline(directory, STEPS > 0);
    cable = new CuttableTcpProxy(URI.create(fed.pipeline().managementUrl()).getPort());
    page = "http://127.0.0.1:%d/page/".formatted(cable.port());
    browser.show(1280, "light");
    browser.open(page);
    await()
        .until(
            () -> fed.pipeline().trainer().viewsSeen() > 0 && browser.count("#strip .image") > 0);
    Awaitility.await()
        .atMost(Duration.ofSeconds(120 + STEPS))
        .until(() -> glance.number("#student div:nth-child(1) dd") >= STEPS);
  }

  @AfterAll
  static void stop() {
    browser.close();
    cable.close();
    fed.close();
  }

  @BeforeEach
  void begin() {
    browser.show(1280, "light");
  }

  @AfterEach
  void requireSilenceAndNoOtherAddress() {
    assertThat(fed.failure()).isEmpty();
    assertThat(browser.complaints()).filteredOn(line -> !expected(line)).isEmpty();
    assertThat(browser.requests()).allSatisfy(url -> assertThat(url).startsWith(page));
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 4})
  void shouldCountWhatPassesEachStage(int stage) {
    // given
    String records = "#stages li:nth-child(%d) .count".formatted(stage);
    await().until(() -> glance.number(records) > 0);
    long before = glance.number(records);

    // when
    await().until(() -> glance.number(records) > before);

    // then
    String node = "#stages li:nth-child(%d) ".formatted(stage);
    await().until(() -> browser.text(node + ".age").matches("age [0-9.]+ (ms|s|min)"));
    assertThat(browser.text(node + ".rate")).matches("[0-9,.]+/s.*");
  }

  @Test
  void shouldNameTheBottleneckOfTheRunningPipeline() {
    // then: by what all three stages tell, at a moment at which it has seen all of them
    await()
        .untilAsserted(
            () -> {
              assertThat(browser.text("#bottleneck-what"))
                  .matches("The (augmenter|labeler|trainer|source of images).*");
              for (int stage = 1; stage <= 3; stage++) {
                String row = "#bottleneck-body tr:nth-child(%d) ".formatted(stage);
                assertThat(browser.text(row + ".load")).matches("keeps up|behind");
                assertThat(browser.text(row + "td:nth-of-type(3)")).matches("[0-9,.]+/s");
              }
              assertThat(browser.text("#bottleneck-body tr:nth-child(2) td:last-child"))
                  .contains("inference");
              assertThat(browser.text("#bottleneck-body tr:nth-child(3) td:last-child"))
                  .contains("training step");
              assertThat(browser.count("#stages .limits")).isEqualTo(1);
            });
  }

  @Test
  void shouldCompareTwoReleasesByClass() {
    // when: there are two, with a card each
    await().until(() -> browser.count("#compare-by-class tr") == 10);

    // then
    assertThat(browser.text("#compare-chance")).contains("two standard errors");
    assertThat(browser.text("#compare-by-class tr:nth-child(1) th")).isEqualTo("T-shirt/top");
    assertThat(browser.text("#compare-by-class tr:nth-child(1) td:last-child"))
        .matches("[+−]?[0-9.]+ ± [0-9.]+");
    assertThat(browser.text("#compare-summary")).contains("Accuracy");
    assertThat(browser.count("#compare-matrix td")).isEqualTo(100);
  }

  @ParameterizedTest
  @ValueSource(strings = {"accuracy/student", "accuracy/teacher", "loss/student", "rate/agreement"})
  void shouldDrawCurves(String chartAndColour) {
    // given
    String[] names = chartAndColour.split("/", -1);

    // then
    await().until(() -> glance.ink("#chart-" + names[0] + " canvas", names[1]) > 20);
    assertThat(browser.text("#at")).matches("step [0-9,]+ · \\d\\d:\\d\\d:\\d\\d.*");
  }

  @Test
  void shouldShowImagesWithTheirViewsAndWhatBothModelsSay() {
    // when
    await()
        .untilAsserted(
            () -> {
              assertThat(browser.count("#strip .image")).isEqualTo(6);
              assertThat(glance.complete("#strip .image", VIEWS)).isPositive();
            });

    // then
    assertThat(browser.count("#strip .bars.teacher .right")).isPositive();
    Number broken =
        browser.script(
            "return [...document.querySelectorAll('#strip img')]"
                + ".filter(i => i.complete && i.naturalWidth === 0).length");
    assertThat(broken.longValue()).isZero();
  }

  @Test
  void shouldTellTheNumbersOfTheConfusionMatrix() {
    // given
    await().until(() -> glance.number("#confusion-total") > 0);
    WebElement cell = browser.one("#matrix td[data-label='0'][data-answer='0']");

    // when
    browser.script("arguments[0].focus()", cell);
    cell.sendKeys(Keys.ARROW_RIGHT);

    // then
    await()
        .until(
            () ->
                browser
                    .text("#cell")
                    .matches("T-shirt/top, taken for Trouser: [0-9,]+ of [0-9,]+.*"));
    Number counted =
        browser.script(
            "return [...document.querySelectorAll('#matrix td')]"
                + ".reduce((sum, cell) => sum + Number(cell.textContent.replaceAll(',', '')), 0)");
    assertThat(counted.longValue()).isPositive();
  }

  @Test
  void shouldShowWhatEachStrengthOfAnOperationCosts() {
    // given
    String table = "#augmentation-table tbody";

    // when
    await().until(() -> browser.count(table + " .operation") > 0);

    // then: the originals, then all others, then each operation
    assertThat(browser.text(table + ":nth-of-type(1) tr:nth-child(1) th")).isEqualTo("original");
    String augmented = table + ":nth-of-type(1) tr:nth-child(2) ";
    assertThat(browser.text(augmented + "th")).isEqualTo("all augmented");
    await().until(() -> browser.text(augmented + "td:nth-of-type(2)").matches("[0-9.]+ %"));
    assertThat(browser.text(augmented + ".cost")).matches("−?[0-9.]+ points");
    assertThat(browser.text("#augmentation-table")).contains("rotate", "degrees", "translate");
    assertThat(browser.text("#augmentation-total")).contains("the teacher’s accuracy");
  }

  @Test
  void shouldFoldAllButTheCostliestOfManyStrengths() {
    // given: the page's own module, which gets no other events
    cable.cut();
    await().until(() -> browser.text("#state-text").contains("connection lost"));

    // when: the last of 20 operations costs most, and a rare one, with a name in parts, seems to
    List<Object> counts =
        browser.script(
            """
            return (async () => {
              const { augmentation } = await import('./augmentation.js');
              const row = (operation, views, correct) => ({
                operation, unit: '', strength: 'any', views, labelled: views, correct,
                teacher: { views, sameClass: correct, divergence: 1 },
                student: { views, sameClass: correct, divergence: 1 }});
              const rows = [row('original', 1000, 950), row('augmented', 3000, 2700)];
              for (let i = 0; i < 20; i++) {
                rows.push(row(`op${i}`, 1000, 940 - i));
              }
              rows.push(row('a_rare_one', 1, 0));
              const frame = () => new Promise((done) => requestAnimationFrame(() => done()));
              const shown = () =>
                [...document.querySelectorAll('#augmentation-table .operation')]
                  .map((each) => each.textContent);
              const listening = document.getElementById('augmentation-all');
              listening.replaceWith(listening.cloneNode(true));
              augmentation().augmentation({ rows });
              await frame();
              const folded = shown();
              const button = document.getElementById('augmentation-all');
              button.click();
              await frame();
              return [folded.length, folded.at(-1), folded[0], folded.includes('a_rare_one'),
                button.textContent, shown().length,
                [...document.querySelectorAll('#augmentation-table .operation')].at(-1).innerHTML];
            })();
            """);

    // then
    assertThat(counts)
        .containsExactly(16L, "op19", "op4", false, "Show all 21", 21L, "a_<wbr>rare_<wbr>one");
    cable.mend();
    browser.open(page);
    await().until(() -> browser.text("#state-text").equals("live"));
  }

  @Test
  void shouldShowABadPolicyAtItsLineAndTheViewsOfAGoodOne() {
    // given
    browser.script("document.getElementById('playground').scrollIntoView()");
    await().until(() -> glance.drawn("#views img") == 24);
    String good = browser.one("#policy").getDomProperty("value");
    List<String> lines = good.lines().toList();
    int line =
        1
            + lines.indexOf(
                lines.stream().filter(l -> l.contains("degrees")).findFirst().orElseThrow());

    // when
    glance.edit(good.replaceFirst("degrees: *[0-9.]+", "degrees: -1000"));

    // then
    await().until(() -> browser.text("#gutter .bad").equals(Integer.toString(line)));
    assertThat(browser.text("#errors")).contains("line " + line, "degrees");
    assertThat(browser.one("#policy").getDomAttribute("aria-invalid")).isEqualTo("true");

    // when
    glance.edit(good);

    // then
    await().until(() -> browser.count("#errors li") == 0 && glance.drawn("#views img") == 24);
    assertThat(browser.text("#playground-state")).startsWith("24 views");
  }

  @Test
  void shouldTraceTheImageThatIsClicked() throws Exception {
    // given
    await().until(() -> glance.complete("#strip .image", VIEWS) > 0);
    WebElement link = browser.one("#strip .raw a");
    browser.script("arguments[0].focus({preventScroll: false})", link); // it is not replaced then
    String id = browser.script("return document.activeElement.querySelector('.id').textContent");

    // when
    browser.script("document.activeElement.click()");

    // then
    await().until(() -> browser.count("#trace[open] .traced > li") == VIEWS);
    assertThat(URLDecoder.decode(browser.url(), UTF_8)).endsWith("#trace=" + id);
    assertThat(browser.text("#trace-title")).isEqualTo("Trace of " + id);
    assertThat(browser.text("#trace-body")).contains("fashion-mnist-", "images 0@");
    assertThat(browser.count("#trace .logits tbody tr")).isEqualTo(VIEWS * 10);
    await().until(() -> glance.drawn("#trace img") == VIEWS + 1);
    browser.screenshot(SCREENSHOTS.resolve("trace.png"));
    assertThat(browser.violations()).isEmpty();

    // when
    String shared = browser.url();
    browser.one("#trace-close").click();

    // then
    await().until(() -> browser.count("#trace[open]") == 0 && !browser.url().contains("trace="));

    // when
    browser.open("about:blank");
    browser.open(shared);

    // then
    await().until(() -> browser.count("#trace[open] .traced > li") == VIEWS);
    browser.one("#trace-close").click();
  }

  @Test
  void shouldShowADeadLetterWithItsReason() {
    // given
    ByteBuffer png = fed.images().png(0);

    // when
    try (ImageSender sender =
        new ImageSender(
            fed.pipeline().clients(), Topics.IMAGES, fed.pipeline().meters(), Optional.empty())) {
      sender.send(event("cut-off", png.slice(0, png.remaining() / 2)));
      sender.flush();
    }

    // then
    await().until(() -> browser.text("#letters-list").contains("cut-off"));
    assertThat(browser.text("#letters-list .why strong")).isNotBlank();
    assertThat(browser.text("#letters-list .message")).isNotBlank();
    assertThat(browser.text("#letters-list .where")).contains("images 0@");
    await().until(() -> glance.number("#dead-records") > 0);
  }

  @Test
  void shouldKeepItsLayoutWhateverRecordsSay() throws Exception {
    // given: an id that is long, has no blank, and turns the direction of writing
    String odd = "odd\u202e\u200b/" + "x".repeat(3_000);
    ByteBuffer png = fed.images().png(0);
    try (ImageSender sender =
        new ImageSender(
            fed.pipeline().clients(), Topics.IMAGES, fed.pipeline().meters(), Optional.empty())) {
      sender.send(event(odd, png));
      sender.send(event(odd, png.slice(0, png.remaining() / 2)));
      sender.flush();
    }
    String shown = "odd\\u202e\\u200b/xxx";
    for (int width : new int[] {1280, 390}) {
      browser.show(width, "light");

      // when
      await().until(() -> browser.text("#letters-list").contains(shown));

      // then
      assertThat(browser.text("#letters-list")).doesNotContain("\u202e", "\u200b");
      assertThat(widest()).isLessThanOrEqualTo(width);
      assertThat(size("#letters-list .why", "width")).isGreaterThan(width / 3);
      assertThat(size("#letters-list li", "height")).isLessThan(200);
    }

    // when: by the link of the letter
    browser.script(
        "[...document.querySelectorAll('#letters-list a')]"
            + ".find((each) => each.textContent.startsWith('odd')).click()");

    // then
    await().until(() -> browser.text("#trace-body").contains("images 0@"));
    assertThat(URLDecoder.decode(browser.url(), UTF_8)).endsWith("#trace=" + odd);
    assertThat(browser.text("#trace-title")).startsWith("Trace of " + shown);
    assertThat(widest()).isLessThanOrEqualTo(390);
    assertThat(size("#trace-title", "height")).isLessThan(450);
    browser.screenshot(SCREENSHOTS.resolve("odd.png"));
    browser.one("#trace-close").click();
    await().until(() -> browser.count("#trace[open]") == 0);
  }

  private static int widest() {
    Number width = browser.script("return document.documentElement.scrollWidth");
    return width.intValue();
  }

  /** Of the largest that the selector finds, pixels. */
  private static int size(String selector, String dimension) {
    Number size =
        browser.script(
            "return Math.max(...[...document.querySelectorAll(arguments[0])]"
                + ".map((each) => each.getBoundingClientRect()[arguments[1]]))",
            selector,
            dimension);
    return size.intValue();
  }

  @Test
  void shouldSayThatTheConnectionIsLostAndFindItAgain() {
    // when
    cable.cut();

    // then
    await().until(() -> browser.text("#state-text").contains("connection lost"));

    // when
    cable.mend();

    // then
    await().until(() -> browser.text("#state-text").equals("live"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"light", "dark"})
  void shouldBeReadableByAllAtBothWidths(String theme) throws Exception {
    for (int width : new int[] {1280, 390}) {
      // given
      browser.show(width, theme);
      browser.script("document.getElementById('playground').scrollIntoView()");
      await().until(() -> glance.drawn("#views img") == 24 && browser.count("#strip .image") > 0);

      // then
      Number widest = browser.script("return document.documentElement.scrollWidth");
      assertThat(widest.intValue()).isLessThanOrEqualTo(width);
      browser.screenshot(SCREENSHOTS.resolve(theme + "-" + width + ".png"), "main");
      if (width == 1280) {
        browser.screenshot(SCREENSHOTS.resolve(theme + "-top.png"), "#compare");
      }
      assertThat(browser.violations()).as("%s, %d pixels", theme, width).isEmpty();
    }
  }

  /** The browser notes every answer of 400 and every lost connection as an error. */
  private static boolean expected(String complaint) {
    return (complaint.contains("/page/playground") && complaint.contains("status of 400"))
        || (complaint.contains("/page/stream") && complaint.contains("net::ERR_"));
  }

  private static ImageEvent event(String id, ByteBuffer payload) {
    return ImageEvent.newBuilder()
        .setImageId(id)
        .setSource("page-it")
        .setCapturedAt(Instant.now())
        .setContentType("image/png")
        .setPayload(payload)
        .setLabel(1)
        .build();
  }

  private static ConditionFactory await() {
    return Awaitility.await().atMost(PATIENCE).failFast(() -> fed.failure().isPresent());
  }
}
