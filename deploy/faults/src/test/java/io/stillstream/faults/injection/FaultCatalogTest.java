package io.stillstream.faults.injection;

import static org.assertj.core.api.Assertions.assertThat;

import io.stillstream.faults.experiment.Fault;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

class FaultCatalogTest {
  private static final Pattern NAME = Pattern.compile("\\| `([a-z0-9-]+)` \\|.*");

  @Test
  void shouldHaveEveryFaultInTheReportThatIsKept() throws IOException {
    // given
    List<String> lines = Files.readAllLines(Path.of("../FAULTS.md"));
    // when
    List<String> names =
        lines.stream()
            .map(NAME::matcher)
            .filter(matcher -> matcher.matches())
            .map(matcher -> matcher.group(1))
            .toList();
    // then
    assertThat(names)
        .containsExactlyElementsOf(FaultCatalog.all().stream().map(Fault::name).toList());
  }
}
