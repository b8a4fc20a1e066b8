package io.stillstream.local.objects;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.stillstream.augmenter.fetch.ObjectAddress;
import io.stillstream.runtime.config.StartupException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DirectoryUploaderTest {
  private static final byte[] IMAGE = {1, 2, 3};

  @TempDir Path directory;

  @ParameterizedTest
  @ValueSource(
      strings = {"photos/a.png", "photos/a b%20c?#&+;.png", "photos/käse/日本.png", "a..b/..."})
  void shouldWriteWhatItsAddressNames(String name) throws Exception {
    // when
    String uri = uploader().upload(name, IMAGE, "image/png");
    // then
    assertThat(uri).matches("file:///[!-~]+");
    assertThat(Path.of(ObjectAddress.parse(uri).path())).hasBinaryContent(IMAGE);
    assertThat(directory.toRealPath().resolve("store").resolve(name)).hasBinaryContent(IMAGE);
  }

  @Test
  void shouldLeaveWhatIsThere() throws Exception {
    // given
    ObjectUploader uploader = uploader();
    String uri = uploader.upload("a.png", IMAGE, "image/png");
    // when, then
    assertThat(uploader.upload("a.png", IMAGE, "image/png")).isEqualTo(uri);
    assertThatThrownBy(() -> uploader.upload("a.png", new byte[] {1, 2, 4}, "image/png"))
        .isInstanceOf(RejectedNameException.class)
        .hasMessage(
            uri + " is there already, and is another image; choose another --to or --source");
    assertThat(directory.resolve("store/a.png")).hasBinaryContent(IMAGE);
    try (Stream<Path> files = Files.list(directory.resolve("store"))) {
      assertThat(files).hasSize(1); // no draft is left
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"../a.png", "a/../../a.png", "/etc/a.png", ".", "%2e%2e/a.png", "a\0.png"})
  void shouldWriteNothingOutside(String name) {
    assertThatThrownBy(() -> uploader().upload(name, IMAGE, "image/png"))
        .isInstanceOf(RejectedNameException.class);
    assertThat(directory.resolve("store")).isEmptyDirectory();
  }

  @Test
  void shouldSayThatAStoreTakesNothing() throws Exception {
    // given
    ObjectUploader uploader = uploader();
    Files.writeString(directory.resolve("store/photos"), "a file where a folder has to be");
    // when, then
    assertThatThrownBy(() -> uploader.upload("photos/a.png", IMAGE, "image/png"))
        .isInstanceOf(IOException.class)
        .isNotInstanceOf(RejectedNameException.class)
        .hasMessageContaining("store/photos/a.png cannot be written: ");
    assertThatThrownBy(() -> open("file://" + directory + "/store/photos/"))
        .isInstanceOf(StartupException.class)
        .hasMessageStartingWith("--to: the directory ");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "https://images.example.com/a/",
        "s3://bucket/a",
        "file:///a",
        "ftp://a/",
        "/tmp/a/",
        "s3://bucket/../",
        ""
      })
  void shouldRefuseOtherAddresses(String to) {
    assertThatThrownBy(() -> open(to))
        .isInstanceOf(StartupException.class)
        .hasMessageStartingWith("--to must ");
  }

  private ObjectUploader uploader() {
    return open("file://" + directory + "/store/");
  }

  private static ObjectUploader open(String to) {
    return ObjectUploaders.open(to, Optional.empty());
  }
}
