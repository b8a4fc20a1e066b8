package io.stillstream.labeler.torch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.stillstream.runtime.config.StartupException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

class CustomOpLibrariesTest {
  @Test
  @EnabledOnOs(OS.LINUX)
  void shouldLoadALibraryIntoTheProcess() throws Exception {
    // given: a copy, so that nothing else can have loaded it
    Path jdk = Path.of(System.getProperty("java.home"), "lib", "libzip.so");
    Path copy = Files.copy(jdk, Files.createTempDirectory("library").resolve("libextra.so"));

    // when
    CustomOpLibraries.load(List.of(copy));

    // then
    assertThat(Files.readString(Path.of("/proc/self/maps"))).contains(copy.toString());
  }

  @Test
  void shouldNameWhatCannotBeLoaded(@TempDir Path directory) throws Exception {
    // given
    Path text = Files.writeString(directory.resolve("text.so"), "no library");

    // then
    assertThatExceptionOfType(StartupException.class)
        .isThrownBy(() -> CustomOpLibraries.load(List.of(directory.resolve("none.so"))))
        .withMessage("libraries[0]: there is no file " + directory.resolve("none.so"));
    assertThatExceptionOfType(StartupException.class)
        .isThrownBy(() -> CustomOpLibraries.load(List.of(text)))
        .withMessageStartingWith("libraries[0]: cannot be loaded: ");
  }
}
