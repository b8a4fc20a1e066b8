package io.stillstream.local.demo.pipeline;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.stillstream.containers.tools.ExternalTool;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.logging.Level;
import java.util.stream.Stream;
import org.openqa.selenium.By;
import org.openqa.selenium.WebElement;
import org.openqa.selenium.chrome.ChromeDriver;
import org.openqa.selenium.chrome.ChromeDriverService;
import org.openqa.selenium.chrome.ChromeOptions;
import org.openqa.selenium.logging.LogType;
import org.openqa.selenium.logging.LoggingPreferences;

/**
 * A headless Chromium, the machine's own: nothing is downloaded, and no name but 127.0.0.1 leads
 * anywhere in it. It keeps what the console says and which addresses the page asks for.
 */
final class HeadlessBrowser implements AutoCloseable {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Duration SCRIPT = Duration.ofMinutes(2);

  /** A full page that is higher is cut off. */
  private static final long HIGHEST = 8000;

  private final ChromeDriver driver;
  private int width;

  HeadlessBrowser() {
    ChromeOptions options = new ChromeOptions();
    options.setBinary(executable("chromium"));
    options.addArguments(
        "--headless=new",
        "--no-sandbox",
        "--disable-gpu",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
        "--disable-dev-shm-usage",
        "--no-first-run",
        "--hide-scrollbars",
        "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1");
    LoggingPreferences logs = new LoggingPreferences();
    logs.enable(LogType.BROWSER, Level.ALL);
    logs.enable(LogType.PERFORMANCE, Level.ALL);
    options.setCapability("goog:loggingPrefs", logs);
    ChromeDriverService service =
        new ChromeDriverService.Builder()
            .usingDriverExecutable(executable("chromedriver"))
            .usingAnyFreePort()
            .build();
    driver = new ChromeDriver(service, options);
    driver.manage().timeouts().scriptTimeout(SCRIPT).pageLoadTimeout(SCRIPT);
  }

  void open(String url) {
    driver.get(url);
  }

  /**
   * Makes the window so wide and 900 pixels high, and the system's theme light or dark.
   *
   * @param theme "light" or "dark"
   */
  void show(int wide, String theme) {
    width = wide;
    size(900);
    driver.executeCdpCommand(
        "Emulation.setEmulatedMedia",
        Map.of("features", List.of(Map.of("name", "prefers-color-scheme", "value", theme))));
  }

  WebElement one(String selector) {
    return driver.findElement(By.cssSelector(selector));
  }

  int count(String selector) {
    return driver.findElements(By.cssSelector(selector)).size();
  }

  /** Text of what the selector finds first, hidden or not; empty where it finds nothing. */
  String text(String selector) {
    return script(
        "const e = document.querySelector(arguments[0]); return e ? e.textContent : '';", selector);
  }

  String url() {
    return Objects.requireNonNull(driver.getCurrentUrl());
  }

  /** What a script returns, as JavaScript and Selenium see fit. */
  @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"})
  <T> T script(String script, Object... arguments) {
    return (T) driver.executeScript(script, arguments);
  }

  /** Rules of axe-core that are broken seriously, each with the elements. */
  List<String> violations() throws IOException {
    try (InputStream axe = HeadlessBrowser.class.getResourceAsStream("/axe.min.js")) {
      driver.executeScript(new String(Objects.requireNonNull(axe).readAllBytes(), UTF_8));
    }
    Object found =
        driver.executeAsyncScript(
            """
            const done = arguments[arguments.length - 1];
            axe.run(document, {resultTypes: ['violations']}).then(
              (result) => done(JSON.stringify(result.violations
                .filter((each) => ['serious', 'critical'].includes(each.impact))
                .map((each) => each.id + ': ' + each.nodes.map((node) =>
                  node.target.join(' ') + ' (' + node.failureSummary + ')').join('; ')))),
              (error) => done(JSON.stringify(['axe: ' + error])));
            """);
    List<String> violations = new ArrayList<>();
    JSON.readTree((String) found).forEach(each -> violations.add(each.asText()));
    return violations;
  }

  /** Draws the page from its top to its end, or to the bottom edge of an element. */
  void screenshot(Path file, String last) throws IOException {
    Number height =
        script(
            """
            const last = document.querySelector(arguments[0]);
            return Math.ceil(last.getBoundingClientRect().bottom + scrollY) + 16;
            """,
            last);
    script("scrollTo(0, 0)");
    size(Math.min(HIGHEST, height.longValue()));
    // Two frames: the first lays out, the second has drawn.
    driver.executeAsyncScript(
        "const done = arguments[0];"
            + " requestAnimationFrame(() => requestAnimationFrame(() => done()));");
    screenshot(file);
    size(900);
  }

  /** What the window shows. */
  void screenshot(Path file) throws IOException {
    Map<String, Object> shot =
        driver.executeCdpCommand("Page.captureScreenshot", Map.of("format", "png"));
    Files.createDirectories(file.getParent());
    Files.write(file, Base64.getDecoder().decode((String) shot.get("data")));
  }

  /** Errors on the console since the last call. */
  List<String> complaints() {
    return driver.manage().logs().get(LogType.BROWSER).getAll().stream()
        .filter(entry -> entry.getLevel().intValue() >= Level.SEVERE.intValue())
        .map(entry -> entry.getLevel() + " " + entry.getMessage())
        .toList();
  }

  /** What the page has asked for since the last call, without what stands in the page itself. */
  List<String> requests() {
    return driver.manage().logs().get(LogType.PERFORMANCE).getAll().stream()
        .map(entry -> tree(entry.getMessage()).path("message"))
        .flatMap(HeadlessBrowser::address)
        .filter(url -> !url.startsWith("data:"))
        .toList();
  }

  @Override
  public void close() {
    driver.quit();
  }

  private void size(long height) {
    driver.executeCdpCommand(
        "Emulation.setDeviceMetricsOverride",
        Map.of("width", width, "height", height, "deviceScaleFactor", 1, "mobile", false));
  }

  private static Stream<String> address(JsonNode message) {
    JsonNode parameters = message.path("params");
    return switch (message.path("method").asText()) {
      case "Network.requestWillBeSent" -> Stream.of(parameters.at("/request/url").asText());
      case "Network.webSocketCreated" -> Stream.of(parameters.path("url").asText());
      default -> Stream.empty();
    };
  }

  private static JsonNode tree(String json) {
    try {
      return JSON.readTree(json);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("the driver's log is no JSON: " + json, e);
    }
  }

  private static File executable(String name) {
    return ExternalTool.onPath(name)
        .orElseThrow(() -> new IllegalStateException(ExternalTool.CHROMIUM.missing()))
        .toFile();
  }
}
