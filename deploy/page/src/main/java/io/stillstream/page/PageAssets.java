package io.stillstream.page;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.stillstream.runtime.http.StaticResource;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Properties;

/** The files of the page: those that {@code assets.txt} lists, and the library for the curves. */
final class PageAssets {
  static final String ROOT = "/page/";
  private static final String LIST = "assets.txt";
  private static final String INDEX = "index.html";
  private static final String UPLOT = "/META-INF/resources/webjars/uplot/%s/dist/%s";
  private static final List<String> UPLOT_FILES = List.of("uPlot.iife.min.js", "uPlot.min.css");
  private static final Map<String, String> TYPES =
      Map.of(
          "html", "text/html; charset=utf-8",
          "css", "text/css; charset=utf-8",
          "js", "text/javascript; charset=utf-8",
          "svg", "image/svg+xml");

  private PageAssets() {}

  static List<StaticResource> all() {
    List<StaticResource> assets = new ArrayList<>();
    for (String name : new String(bytes(LIST), UTF_8).lines().map(String::strip).toList()) {
      if (!name.isEmpty()) {
        assets.add(asset(name, bytes(name)));
      }
    }
    String version = version();
    for (String name : UPLOT_FILES) {
      assets.add(asset(name, bytes(UPLOT.formatted(version, name))));
    }
    return assets;
  }

  private static StaticResource asset(String name, byte[] body) {
    String type = TYPES.get(name.substring(name.lastIndexOf('.') + 1));
    if (type == null) {
      throw new IllegalStateException("no content type is known for " + name);
    }
    return new StaticResource(ROOT + (name.equals(INDEX) ? "" : name), type, body);
  }

  private static String version() {
    Properties libraries = new Properties();
    try (InputStream in = open("libraries.properties")) {
      libraries.load(in);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return libraries.getProperty("uplot.version");
  }

  private static byte[] bytes(String resource) {
    try (InputStream in = open(resource)) {
      return in.readAllBytes();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static InputStream open(String resource) {
    InputStream in = PageAssets.class.getResourceAsStream(resource);
    if (in == null) {
      throw new IllegalStateException("the class path has no " + resource);
    }
    return in;
  }
}
