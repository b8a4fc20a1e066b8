package io.stillstream.local.version;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Each promise in VERSIONING.md names tests, and they are there. */
final class VersioningTextTest {
  private static final Pattern TEST = Pattern.compile("\\b([A-Z][A-Za-z0-9]+(?:Test|IT))\\b");

  @Test
  void shouldNameTestsThatExist() throws Exception {
    // given
    Set<String> named = tests(ProjectFiles.read("deploy/docs/VERSIONING.md"));
    Set<String> there = new TreeSet<>();
    for (String module : ProjectFiles.modulePoms().keySet()) {
      Path sources = ProjectFiles.ROOT.resolve(module).resolve("src/test/java");
      if (Files.isDirectory(sources)) {
        try (Stream<Path> files = Files.walk(sources)) {
          files
              .map(file -> file.getFileName().toString())
              .filter(name -> name.endsWith(".java"))
              .forEach(name -> there.add(name.substring(0, name.length() - ".java".length())));
        }
      }
    }

    // then
    assertThat(named).hasSizeGreaterThan(20).isSubsetOf(there);
  }

  @Test
  void shouldNameATestForEachPromise() {
    // when
    List<String> promises =
        ProjectFiles.read("deploy/docs/VERSIONING.md")
            .lines()
            .dropWhile(line -> !line.equals("## The public interface"))
            .dropWhile(line -> !line.startsWith("|---"))
            .skip(1)
            .takeWhile(line -> line.startsWith("|"))
            .toList();

    // then
    assertThat(promises)
        .hasSizeGreaterThan(10)
        .allSatisfy(promise -> assertThat(tests(promise)).as(promise).isNotEmpty());
  }

  private static Set<String> tests(String text) {
    return TEST.matcher(text)
        .results()
        .map(found -> found.group(1))
        .collect(Collectors.toCollection(TreeSet::new));
  }
}
