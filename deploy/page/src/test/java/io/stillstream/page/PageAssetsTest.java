package io.stillstream.page;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.stillstream.runtime.http.StaticResource;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class PageAssetsTest {
  private static final Path SOURCES = Path.of("src/main/resources/io/stillstream/page");
  private static final Pattern REFERENCE =
      Pattern.compile("(?:src|href)=\"([^\"#]+)\"|from \"\\./([^\"]+)\"");

  @Test
  void shouldServeEveryFileThatThereIs() throws IOException {
    // given
    List<String> files;
    try (Stream<Path> all = Files.list(SOURCES)) {
      files =
          all.map(path -> path.getFileName().toString())
              .filter(name -> name.matches(".*\\.(js|css|svg)"))
              .toList();
    }

    // then
    assertThat(PageAssets.all())
        .extracting(StaticResource::path)
        .contains("/page/", "/page/uPlot.iife.min.js", "/page/uPlot.min.css")
        .containsAll(files.stream().map(name -> "/page/" + name).toList());
  }

  @Test
  void shouldServeWhatTheFilesAskForAndNothingFromElsewhere() throws IOException {
    // given
    List<String> paths = PageAssets.all().stream().map(StaticResource::path).toList();

    // then
    for (String name : new String(resource("assets.txt"), UTF_8).lines().toList()) {
      Matcher references = REFERENCE.matcher(new String(resource(name), UTF_8));
      while (references.find()) {
        String file = references.group(1) == null ? references.group(2) : references.group(1);
        if (!file.startsWith("data:")) {
          assertThat(paths).as(name).contains("/page/" + file.replaceFirst("^\\./", ""));
        }
      }
    }
  }

  private static byte[] resource(String name) throws IOException {
    try (InputStream in = PageAssets.class.getResourceAsStream(name)) {
      return in.readAllBytes();
    }
  }
}
