package io.stillstream.local.demo.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
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
import io.stillstream.runtime.http.ManagementServer;
import io.stillstream.runtime.http.ManagementSettings;
import io.stillstream.runtime.http.WebContent;
import io.stillstream.schemas.answer.SegmentationMask;
import io.stillstream.schemas.image.MaskOverlay;
import io.stillstream.schemas.image.PngDataUrl;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The page's files in a real browser, with events about students that are no classifiers. */
@RequiresTool(ExternalTool.CHROMIUM)
final class PageTasksIT {
  private static final Path SCREENSHOTS = Path.of("target/screenshots");
  private static final int SIDE = 64;

  private final PrometheusMeterRegistry meters =
      new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
  private HeadlessBrowser browser;
  private ManagementServer server;
  private PageService page;

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
  }

  @AfterEach
  void close() {
    List<String> complaints = browser.complaints();
    browser.close();
    server.close();
    page.close();
    assertThat(complaints).isEmpty();
  }

  @Test
  void shouldShowMasksOfTeacherAndStudentOverEachView() throws Exception {
    // given: the student has not answered for view 1
    String masked =
        """
        {"index": 0, "recipe": "original", "png": "%1$s", "teacher": null, "student": null,
         "truthMask": %2$s, "teacherMask": %2$s, "studentMask": %2$s, "cosine": null},
        {"index": 1, "recipe": "mixup", "png": "%1$s", "teacher": null, "student": null,
         "truthMask": null, "teacherMask": %2$s, "studentMask": null, "cosine": null}
        """
            .formatted(picture(), mask());

    // when
    show(
        "segmentation",
        masked,
        "{\"classes\": [\"sky\", \"cat\"], \"counts\": [[900, 24], [0, 100]]}");

    // then
    await().until(() -> browser.count("#strip .masks img") == 4);
    assertThat(browser.count("#strip .bars")).isZero();
    assertThat(texts("#strip .masks figcaption"))
        .containsExactly("truth", "teacher", "student", "teacher", "no answer yet");
    assertThat(alternatives())
        .containsExactly(
            "Mask of view 0, truth: sky 75 %, cat 25 %",
            "Mask of view 0, teacher: sky 75 %, cat 25 %",
            "Mask of view 0, student: sky 75 %, cat 25 %",
            "Mask of view 1, teacher: sky 75 %, cat 25 %");
    assertThat(browser.text("#chart-accuracy h3")).isEqualTo("Prequential mean IoU");
    assertThat(browser.text("#chart-accuracy .legend div:nth-child(3) dd")).isEqualTo("61.5 %");
    assertThat(browser.text("#releases-score")).isEqualTo("Mean IoU");
    assertThat(browser.text("#confusion-total")).isEqualTo("1,024 pixels of the trainer’s window");
    assertThat(browser.text("#matrix tbody tr:nth-child(1) td:nth-child(2)")).isEqualTo("900");
    assertThat(browser.violations()).isEmpty();
    browser.screenshot(SCREENSHOTS.resolve("segmentation.png"), ".pair");

    // when
    browser.show(390, "dark");

    // then
    Number widest = browser.script("return document.documentElement.scrollWidth");
    assertThat(widest.intValue()).isLessThanOrEqualTo(390);
    assertThat(browser.violations()).isEmpty();
  }

  @Test
  void shouldShowTheCosineOfEmbeddings() throws Exception {
    // given
    String views =
        """
        {"index": 0, "recipe": "original", "png": "%1$s", "teacher": null, "student": null,
         "truthMask": null, "teacherMask": null, "studentMask": null, "cosine": 0.91234},
        {"index": 1, "recipe": "rotate 3", "png": "%1$s", "teacher": null, "student": null,
         "truthMask": null, "teacherMask": null, "studentMask": null, "cosine": null}
        """
            .formatted(picture());

    // when
    show("embedding", views, null);

    // then
    await().until(() -> browser.count("#strip .cosine") == 2);
    assertThat(texts("#strip .cosine")).containsExactly("cosine 0.912", "no cosine yet");
    assertThat(browser.count("#strip .bars")).isZero();
    assertThat(browser.text("#chart-accuracy h3")).isEqualTo("Prequential cosine");
    assertThat(browser.text("#chart-accuracy .legend div:nth-child(3) dd")).isEqualTo("0.615");
    assertThat(browser.text("#releases-score")).isEqualTo("Cosine");
    assertThat(browser.text("#releases-body td:nth-of-type(3)")).isEqualTo("0.6250");
    assertThat(browser.text("#releases-body td:nth-of-type(4)")).isEqualTo("passed");
    assertThat(browser.text("#releases-body td:nth-of-type(5)")).isEqualTo("0.5000, 0.2500");
    assertThat(browser.text("#matrix"))
        .isEqualTo("There is no matrix: an embedding names no class.");
    assertThat(browser.violations()).isEmpty();
    browser.screenshot(SCREENSHOTS.resolve("embedding.png"), ".pair");
  }

  @Test
  void shouldTraceMasksAndEmbeddings() throws Exception {
    // given
    String view =
        """
        {"index": %d, "topic": "labeled-views", "partition": 0, "offset": 5, "seed": "1",
         "policyHash": "ab", "recipe": "original", "png": "%s", "augmentedAt": 1, "labeledAt": 2,
         "teachers": [], %s}
        """;
    String views =
        String.join(
            ",",
            view.formatted(0, picture(), "\"mask\": %1$s, \"teacherMask\": %1$s".formatted(mask())),
            view.formatted(1, picture(), "\"embedding\": {\"dimensions\": 64, \"norm\": 7.25}"),
            view.formatted(2, picture(), "\"logits\": null"));
    String trace =
        """
        {"imageId": "cat", "task": "segmentation", "views": [%s], "releases": [], "notes": [],
         "deadLetters": [], "raw": {"topic": "images", "partition": 0, "offset": 3},
         "labels": [{"topic": "labels", "partition": 0, "offset": 1, "source": "anna",
                     "label": null, "labeledAt": 5}]}
        """
            .formatted(views);
    JsonNode answer = new JsonMapper().readTree(trace);
    server.add(List.of(new HttpEndpoint("GET", "/page/trace", 0, request -> Reply.ok(answer))));

    // when
    show("segmentation", "", null);
    browser.script("location.hash = 'trace=cat'");

    // then
    await().until(() -> browser.count("#trace .traced > li") == 3);
    assertThat(texts("#trace .masks figcaption")).containsExactly("truth", "teacher");
    assertThat(texts("#trace .cosine"))
        .containsExactly(
            "embedding of 64 dimensions, norm 7.250", "The label budget passed it over");
    assertThat(browser.text("#trace .origin"))
        .contains("segmentation", "later label", "a mask, by anna");
    assertThat(browser.count("#trace .bars")).isZero();
    assertThat(browser.violations()).isEmpty();
    browser.screenshot(SCREENSHOTS.resolve("segmentation-trace.png"));
  }

  /**
   * Opens the page.
   *
   * @param views of the only image, as JSON
   * @param confusion null if there is none
   */
  private void show(String task, String views, String confusion) {
    String hello =
        "{\"student\": \"s\", \"task\": \"%s\", \"classes\": [\"sky\", \"cat\"], \"topics\": {}}";
    String strip =
        "{\"images\": [{\"imageId\": \"a\", \"label\": null, \"time\": 1, \"raw\": null, \"views\": [%s]}]}";
    List<byte[]> events =
        new ArrayList<>(
            List.of(
                EventStream.event("hello", hello.formatted(task)),
                EventStream.event(
                    "history",
                    "{\"points\": [[1000, 1, 2.5, 0.5, 0.7, 0.6, 0.004],"
                        + " [2000, 2, 2.25, 0.615, 0.7, 0.6, 0.004]], \"markers\": []}"),
                EventStream.event("strip", strip.formatted(views).replace("\n", "")),
                EventStream.event(
                    "releases",
                    "{\"releases\": [{\"version\": 1, \"alias\": \"champion\", \"step\": 2,"
                        + " \"created\": 1, \"accuracy\": 0.625, \"sha256\": \"abcdefgh\","
                        + " \"gate\": \"passed\", \"gateAccuracy\": 0.5, \"bestAccuracy\": 0.25,"
                        + " \"current\": true}]}")));
    if (confusion != null) {
      events.add(EventStream.event("confusion", confusion));
    }
    EventStream stream = new EventStream("/page/stream", 2, () -> Optional.of(List.copyOf(events)));
    server.add(new WebContent(page.site().assets(), List.of(stream)));
    browser.open("http://127.0.0.1:%d/page/".formatted(server.port()));
    await().until(() -> browser.text("#state-text").equals("live"));
  }

  private List<String> texts(String selector) {
    return browser.script(
        "return [...document.querySelectorAll(arguments[0])].map((each) => each.textContent)",
        selector);
  }

  private List<String> alternatives() {
    return browser.script(
        "return [...document.querySelectorAll('#strip .masks img')].map((each) => each.alt)");
  }

  private static String mask() {
    byte[] classes = new byte[SIDE * SIDE];
    Arrays.fill(classes, 3 * SIDE * SIDE / 4, classes.length, (byte) 1);
    byte[] rgb =
        MaskOverlay.rgb(pixels(), SIDE, SIDE, 1, new SegmentationMask(SIDE, SIDE, classes));
    return "{\"png\": \"%s\", \"shares\": [{\"name\": \"sky\", \"p\": 0.75}, {\"name\": \"cat\", \"p\": 0.25}]}"
        .formatted(new PngDataUrl(SIDE, SIDE * SIDE).of(rgb, SIDE, SIDE, 3));
  }

  private static String picture() {
    return new PngDataUrl(SIDE, SIDE * SIDE).of(pixels(), SIDE, SIDE, 1);
  }

  private static byte[] pixels() {
    byte[] pixels = new byte[SIDE * SIDE];
    for (int i = 0; i < pixels.length; i++) {
      pixels[i] = (byte) (i % SIDE * 4);
    }
    return pixels;
  }

  private static ConditionFactory await() {
    return Awaitility.await().atMost(Duration.ofMinutes(1));
  }
}
