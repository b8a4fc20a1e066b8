package io.stillstream.local.demo.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.json.JsonMapper;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.stillstream.containers.tools.ExternalTool;
import io.stillstream.containers.tools.RequiresTool;
import io.stillstream.page.PageConfig;
import io.stillstream.page.PageService;
import io.stillstream.runtime.config.YamlSettings;
import io.stillstream.runtime.health.Health;
import io.stillstream.runtime.http.EventStream;
import io.stillstream.runtime.http.HttpEndpoint;
import io.stillstream.runtime.http.HttpEndpoint.Reply;
import io.stillstream.runtime.http.HttpEndpoint.Request;
import io.stillstream.runtime.http.ManagementServer;
import io.stillstream.runtime.http.ManagementSettings;
import io.stillstream.runtime.http.WebContent;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.openqa.selenium.Keys;
import org.openqa.selenium.WebElement;

/** What limits the stream, and two releases, in a real browser, with made-up evidence. */
@RequiresTool(ExternalTool.CHROMIUM)
final class PageComparisonIT {
  private static final Path SCREENSHOTS = Path.of("target/screenshots");
  private static final String NO_GATE = "null";

  private final PrometheusMeterRegistry meters =
      new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);

  /** What the trainer answers, by version. */
  private final Map<String, String> evaluations = new ConcurrentHashMap<>();

  private final Map<String, Integer> asked = new ConcurrentHashMap<>();
  private HeadlessBrowser browser;
  private ManagementServer server;
  private PageService page;
  private String task = "classification";
  private List<String> classes = List.of("shirt", "dress", "bag");

  @BeforeEach
  void open() {
    browser = new HeadlessBrowser();
    browser.show(1280, "light");
    page =
        new PageService(
            YamlSettings.parse(
                "kafka: {bootstrap.servers: 'localhost:1'}\ntrainer: {url: 'http://localhost:1'}",
                PageConfig.class,
                Map.of()),
            meters,
            false);
    server =
        ManagementServer.start(
            new ManagementSettings("127.0.0.1", 0), meters, Health::of, Map.of());
    server.add(List.of(new HttpEndpoint("GET", "/page/evaluation", 0, this::evaluation)));
  }

  @AfterEach
  void close() {
    List<String> complaints =
        browser.complaints().stream().filter(line -> !line.contains("/page/evaluation")).toList();
    browser.close();
    server.close();
    page.close();
    assertThat(complaints).isEmpty();
  }

  private Reply evaluation(Request request) {
    String version = request.parameter("version").orElse("");
    asked.merge(version, 1, Integer::sum);
    String known = evaluations.get(version);
    try {
      return known == null
          ? Reply.error(404, "there is no release of version " + version)
          : Reply.ok(new JsonMapper().readTree(known));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Test
  void shouldNameTheStageThatLimitsTheStreamWithItsEvidence() throws Exception {
    // when
    show(
        bottleneck(
            """
            "kind": "stage", "stage": "labeler", "next": null, "part": "inference"
            """,
            stage("augmenter", "keeps_up", "null", 0, "steady", "null"),
            stage(
                "labeler",
                "behind",
                "null",
                6_000,
                "growing",
                "[{\"name\": \"inference\", \"share\": 0.93}, {\"name\": \"sending\", \"share\": 0.04}]"),
            stage("trainer", "keeps_up", "null", 12, "steady", "null")));

    // then
    await().until(() -> browser.text("#bottleneck-what").equals("The labeler: mostly inference"));
    assertThat(browser.text("#bottleneck-why"))
        .isEqualTo("6,000 records wait before it, 60.0 s at this rate. They get more.");
    assertThat(browser.text("#bottleneck-window")).isEqualTo("over the last 20 s");
    assertThat(texts("#bottleneck-body tr:nth-child(2) > *"))
        .containsExactly(
            "labeler",
            "behind",
            "200/s",
            "100/s",
            "6,000",
            "60.0 s",
            "grows",
            "inference 93 % · sending 4 %");
    assertThat(browser.count("#stages .limits")).isEqualTo(1);
    assertThat(browser.text("#stages .limits .arrow")).isEqualTo("label");
    assertThat(browser.violations()).isEmpty();
  }

  @Test
  void shouldSayWhyNothingIsKnownOfAStage() {
    // when
    show(
        bottleneck(
            "\"kind\": \"unknown\", \"stage\": \"trainer\", \"next\": null, \"part\": null",
            stage("augmenter", "keeps_up", "null", 0, "steady", "null"),
            stage("labeler", "behind", "null", 900, "growing", "null"),
            "{\"id\": \"trainer\", \"state\": \"unknown\", \"reason\": \"the trainer does not"
                + " answer\", \"inPerSecond\": null, \"outPerSecond\": null, \"backlog\": null,"
                + " \"backlogSeconds\": null, \"trend\": null, \"parts\": null}"));

    // then
    await()
        .until(
            () -> browser.text("#bottleneck-what").equals("Unknown: the trainer does not answer"));
    assertThat(texts("#bottleneck-body tr:nth-child(3) > *"))
        .containsExactly(
            "trainer", "unknown", "–", "–", "–", "–", "–", "the trainer does not answer");
    assertThat(browser.count("#stages .limits")).isZero();
  }

  @Test
  void shouldTellWhatComesNextWhereABacklogShrinks() {
    // when
    show(
        bottleneck(
            "\"kind\": \"stage\", \"stage\": \"trainer\", \"next\": \"source\", \"part\": null",
            stage("augmenter", "keeps_up", "null", 0, "steady", "null"),
            stage("labeler", "keeps_up", "null", 0, "steady", "null"),
            stage("trainer", "behind", "null", 600, "shrinking", "null")));

    // then
    await().until(() -> browser.text("#bottleneck-what").equals("The trainer"));
    assertThat(browser.text("#bottleneck-why"))
        .isEqualTo(
            "600 records wait before it, 6.0 s at this rate. They get fewer; after that, the source"
                + " of images will be the bottleneck.");
  }

  @Test
  void shouldNameTheSourceWhereNothingWaits() {
    // when
    show(
        bottleneck(
            "\"kind\": \"source\", \"stage\": null, \"next\": null, \"part\": null",
            stage("augmenter", "keeps_up", "null", 0, "steady", "null"),
            stage("trainer", "keeps_up", "null", 0, "steady", "null")));

    // then
    await()
        .until(
            () ->
                browser
                    .text("#bottleneck-what")
                    .equals("The source of images: no stage has a backlog"));
    assertThat(browser.text("#stages .limits h3")).isEqualTo("images");
  }

  @Test
  void shouldCompareTheNewestReleaseWithTheServedOneByClass() throws Exception {
    // given: bags are few
    evaluations.put(
        "3",
        card(3, "held-out", 210, "[[90, 10, 0], [4, 96, 0], [1, 0, 9]]", gate(1, 210, 0.93, 0.79)));
    evaluations.put("1", card(1, "held-out", 210, "[[60, 40, 0], [2, 98, 0], [2, 0, 8]]", NO_GATE));

    // when: version 2 is neither the newest nor served
    show(releases("3 challenger", "2 challenger", "1 champion"));

    // then
    await().until(() -> browser.count("#compare-by-class tr") == 3);
    assertThat(texts("#compare-by-class tr:nth-child(1) > *"))
        .containsExactly("shirt", "100", "90.0 %", "60.0 %", "+30.0 ± 5.7");
    assertThat(texts("#compare-by-class tr:nth-child(2) > *"))
        .containsExactly("dress", "100", "96.0 %", "98.0 %", "−2.0 ± 2.7");
    assertThat(texts("#compare-by-class tr:nth-child(3) > *"))
        .containsExactly("bag", "10few", "90.0 %", "80.0 %", "+10.0 ± 16.5");
    assertThat(
            browser.one("#compare-by-class tr:nth-child(1) td:last-child").getDomAttribute("class"))
        .contains("better");
    assertThat(browser.count("#compare-by-class .unsure")).isEqualTo(2);
    assertThat(browser.count("#compare-matrix td.better")).isEqualTo(2);
    assertThat(browser.count("#compare-matrix td.worse")).isZero();
    assertThat(browser.text("#compare-note")).contains("the same held-out set of 210 images");
    assertThat(browser.text("#compare-chance"))
        .contains("same 210 images (held-out set): 93.00 % by release 3, 79.00 % by release 1")
        .contains("+14.0 points");
    assertThat(asked).containsOnlyKeys("3", "1");

    // when
    WebElement cell = browser.one("#compare-matrix td[data-label='0'][data-answer='0']");
    browser.script("arguments[0].focus()", cell);
    cell.sendKeys(Keys.ARROW_RIGHT);

    // then
    await()
        .until(
            () ->
                browser
                    .text("#compare-cell")
                    .equals(
                        "shirt, taken for dress: 10.0 % of 100 by release 3, 40.0 % of 100 by"
                            + " release 1"));
    assertThat(browser.violations()).isEmpty();
    browser.screenshot(SCREENSHOTS.resolve("compare.png"), "#compare");

    // when
    browser.show(390, "dark");

    // then
    Number widest = browser.script("return document.documentElement.scrollWidth");
    assertThat(widest.intValue()).as("wider: %s", wider(390)).isLessThanOrEqualTo(390);
    assertThat(browser.violations()).isEmpty();
  }

  /** Elements that reach beyond a width. */
  private List<String> wider(int width) {
    return browser.script(
        "return [...document.querySelectorAll('body *')].filter((each) =>"
            + " each.getBoundingClientRect().right > arguments[0] && !each.closest('.scroll table'))"
            + ".map((each) => each.id + each.className)",
        width);
  }

  @Test
  void shouldSayWhatACardDoesNotHaveAndWhatTheTrainerDoesNotTell() {
    // given: release 1 is of an earlier version, release 2 is gone
    evaluations.put("3", card(3, "window", 30, "[[10, 0, 0], [0, 10, 0], [0, 0, 10]]", NO_GATE));
    evaluations.put(
        "1",
        "{\"task\": \"classification\", \"version\": 1, \"metrics\": {\"prequential_accuracy\":"
            + " 0.5}, \"confusion\": null, \"gate\": null}");

    // when
    show(releases("3 champion", "2 champion", "1 champion"));
    await().until(() -> browser.count("#compare-second option") == 3);
    compareWith("2");

    // then
    await()
        .until(
            () ->
                browser
                    .text("#compare-note")
                    .equals(
                        "The trainer does not tell how good release 2 was: there is no release of"
                            + " version 2"));
    assertThat(browser.one("#compare-result").isDisplayed()).isFalse();

    // when
    compareWith("1");

    // then: what both have
    await()
        .until(
            () ->
                browser
                    .text("#compare-note")
                    .startsWith("The card of release 1 has no confusion matrix"));
    assertThat(texts("#compare-summary tr > *"))
        .containsExactly("Accuracy, latest originals", "100.00 %", "50.00 %", "+50.0");
    assertThat(browser.one("#compare-classes").isDisplayed()).isFalse();

    // when
    compareWith("3");

    // then
    await().until(() -> browser.text("#compare-note").equals("Choose two different releases."));
  }

  @Test
  void shouldNotColourWhatOneImageMayShow() {
    // given: one image of each class, of which release 3 has all right and release 1 none
    evaluations.put("3", card(3, "window", 3, "[[1, 0, 0], [0, 1, 0], [0, 0, 1]]", NO_GATE));
    evaluations.put("1", card(1, "window", 3, "[[0, 1, 0], [0, 0, 1], [1, 0, 0]]", NO_GATE));

    // when
    show(releases("3 challenger", "1 champion"));

    // then
    await().until(() -> browser.count("#compare-by-class tr") == 3);
    assertThat(browser.count("#compare-by-class .unsure")).isEqualTo(3);
    assertThat(browser.count("#compare-matrix td.better, #compare-matrix td.worse")).isZero();
  }

  @Test
  void shouldAskOnceForWhatTheTrainerDoesNotTell() {
    // when
    show(releases("2 challenger", "1 champion"));

    // then: two failures do not make each other be asked again
    await()
        .during(Duration.ofSeconds(1))
        .until(
            () ->
                browser.text("#compare-note").startsWith("The trainer does not tell")
                    && asked.equals(Map.of("1", 1, "2", 1)));
  }

  @Test
  void shouldCompareSegmentationsByIntersectionOverUnionWithoutColours() {
    // given
    task = "segmentation";
    classes = List.of("sky", "cat");
    evaluations.put("2", card(2, "window", 40, "[[900, 100], [50, 450]]", NO_GATE));
    evaluations.put("1", card(1, "window", 38, "[[500, 500], [100, 400]]", NO_GATE));

    // when
    show(releases("2 champion", "1 champion"));

    // then
    await().until(() -> browser.count("#compare-by-class tr") == 2);
    assertThat(browser.text("#compare-images")).isEqualTo("Pixels");
    assertThat(texts("#compare-by-class tr:nth-child(1) > *"))
        .containsExactly("sky", "1,000", "85.7 %", "45.5 %", "+40.3");
    assertThat(browser.count("#compare-result .better, #compare-result .worse")).isZero();
    assertThat(browser.text("#compare-note")).contains("40 and 38 in the window");
    assertThat(browser.text("#compare-chance")).contains("nothing is coloured");
  }

  @Test
  void shouldCompareEmbeddingsByTheirMeasuresOnly() {
    // given
    task = "embedding";
    classes = List.of();
    for (int version = 1; version <= 2; version++) {
      evaluations.put(
          Integer.toString(version),
          "{\"task\": \"embedding\", \"version\": %1$d, \"metrics\": {\"prequential_cosine\": 0.%1$d5}, \"gate\": null}"
              .formatted(version));
    }

    // when
    show(releases("2 champion", "1 champion"));

    // then
    await().until(() -> browser.count("#compare-summary tr") == 1);
    assertThat(texts("#compare-summary tr > *"))
        .containsExactly("Cosine, latest originals", "0.2500", "0.1500", "+0.1000");
    assertThat(browser.text("#compare-note")).startsWith("An embedding names no class");
    assertThat(browser.one("#compare-classes").isDisplayed()).isFalse();
    assertThat(browser.count("#compare-matrix td")).isZero();
  }

  @Test
  void shouldListPairsOfManyClasses() {
    // given: 30 classes, of which the first is taken for the second more often
    classes = IntStream.range(0, 30).mapToObj("c%d"::formatted).toList();
    evaluations.put("2", card(2, "held-out", 1_500, matrix(30, 25), NO_GATE));
    evaluations.put("1", card(1, "held-out", 1_500, matrix(30, 1), NO_GATE));

    // when
    show(releases("2 champion", "1 champion"));

    // then
    await().until(() -> browser.count("#compare-matrix .pairs tbody tr") > 0);
    assertThat(texts("#compare-matrix .pairs tbody tr > *"))
        .startsWith("c0", "c1")
        .element(2)
        .asString()
        .startsWith("+48.0");
    assertThat(browser.count("#compare-matrix .worse")).isEqualTo(1);
  }

  @Test
  void shouldWaitForASecondRelease() {
    // when
    show(releases("1 champion"));

    // then
    await().until(() -> browser.count("#releases-body tr") == 1);
    assertThat(browser.text("#compare-note")).isEqualTo("A second release is needed.");
    assertThat(asked).isEmpty();
  }

  /** Of 50 images by class; of the first class, so many are taken for the second. */
  private static String matrix(int size, int wrong) {
    return IntStream.range(0, size)
        .mapToObj(
            label ->
                IntStream.range(0, size)
                    .mapToObj(
                        answer -> {
                          int moved = label == 0 ? wrong : 0;
                          int count = answer == label ? 50 - moved : answer == 1 ? moved : 0;
                          return Integer.toString(label == 0 || answer == label ? count : 0);
                        })
                    .collect(Collectors.joining(",", "[", "]")))
        .collect(Collectors.joining(",", "[", "]"));
  }

  private String card(int version, String on, int images, String counts, String gate) {
    String metrics =
        task.equals("segmentation")
            ? "\"prequential_mean_iou\": 0.5"
            : "\"prequential_accuracy\": 1";
    return """
        {"task": "%s", "version": %d, "classes": [%s], "metrics": {%s},
         "confusion": {"measuredOn": "%s", "images": %d, "counts": %s}, "gate": %s}
        """
        .formatted(task, version, names(), metrics, on, images, counts, gate);
  }

  private String names() {
    return classes.stream().map("\"%s\""::formatted).collect(Collectors.joining(","));
  }

  private static String gate(int baseline, int images, double challenger, double best) {
    return """
        {"passed": true, "measuredOn": "held-out", "baseline": %d, "images": %d,
         "challenger": %s, "best": %s, "allowed": 0.01}
        """
        .formatted(baseline, images, challenger, best);
  }

  /**
   * An event.
   *
   * @param versions newest first, each with its alias; the last one is served
   */
  private static byte[] releases(String... versions) {
    String list =
        IntStream.range(0, versions.length)
            .mapToObj(
                i -> {
                  String[] parts = versions[i].split(" ", 2);
                  return "{\"version\": %s, \"alias\": \"%s\", \"step\": 1, \"created\": 1, \"accuracy\": 0.5, \"sha256\": \"abcdefgh\", \"current\": %b}"
                      .formatted(parts[0], parts[1], i == versions.length - 1);
                })
            .collect(Collectors.joining(","));
    return EventStream.event("releases", "{\"releases\": [%s]}".formatted(list));
  }

  private static byte[] bottleneck(String answer, String... stages) {
    return EventStream.event(
        "bottleneck",
        "{\"window\": 20, %s, \"stages\": [%s]}"
            .formatted(answer.strip(), String.join(",", stages)));
  }

  private static String stage(
      String id, String state, String reason, int backlog, String trend, String parts) {
    return """
        {"id": "%s", "state": "%s", "reason": %s, "inPerSecond": 200.0, "outPerSecond": 100.0,\
         "backlog": %d, "backlogSeconds": %s, "trend": "%s", "parts": %s}"""
        .formatted(id, state, reason, backlog, backlog / 100.0, trend, parts);
  }

  private void show(byte[] event) {
    String hello =
        "{\"student\": \"s\", \"task\": \"%s\", \"classes\": [%s], \"topics\": {}}"
            .formatted(task, names());
    List<byte[]> events = List.of(EventStream.event("hello", hello), event);
    EventStream stream = new EventStream("/page/stream", 2, () -> Optional.of(events));
    server.add(new WebContent(page.site().assets(), List.of(stream)));
    browser.open("http://127.0.0.1:%d/page/".formatted(server.port()));
    await().until(() -> browser.text("#state-text").equals("live"));
  }

  private void compareWith(String version) {
    browser.script(
        "const choice = document.getElementById('compare-second'); choice.value = arguments[0];"
            + " choice.dispatchEvent(new Event('change'));",
        version);
  }

  private List<String> texts(String selector) {
    return browser.script(
        "return [...document.querySelectorAll(arguments[0])].map((each) => each.textContent)",
        selector);
  }

  private static ConditionFactory await() {
    return Awaitility.await().atMost(Duration.ofMinutes(1));
  }
}
