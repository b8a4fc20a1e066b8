package io.stillstream.faults;

import static org.assertj.core.api.Assertions.assertThat;

import io.stillstream.containers.tools.ExternalTool;
import io.stillstream.containers.tools.RequiresToolCondition;
import io.stillstream.faults.experiment.ExperimentResult;
import io.stillstream.faults.experiment.ExperimentScale;
import io.stillstream.faults.experiment.ExperimentSetup;
import io.stillstream.faults.experiment.Fault;
import io.stillstream.faults.experiment.FaultReport;
import io.stillstream.faults.injection.FaultCatalog;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.TestInstance;

/**
 * Each fault on one pipeline, one after the other; after one that did not go well, on a new one.
 * {@code -Pfaults} makes it all faults at their full length, {@code -Dfaults.only=NAME,…} these.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class FaultsIT {
  private static final Path HOME = Path.of("../..").toAbsolutePath().normalize();
  private static final Path TARGET = Path.of("target").toAbsolutePath();

  private final boolean all = Boolean.getBoolean("faults.all");
  private final List<ExperimentResult> rows = new ArrayList<>();
  private ExperimentSetup stage;
  private int stages;

  @TestFactory
  Stream<DynamicTest> shouldKeepEveryCountExactThrough() {
    String only = System.getProperty("faults.only", "");
    Set<String> names = only.isEmpty() ? Set.of() : Set.of(only.split(","));
    List<String> known = FaultCatalog.all().stream().map(Fault::name).toList();
    assertThat(known).as("faults.only").containsAll(names);
    return FaultCatalog.all().stream()
        .filter(fault -> names.isEmpty() ? all || fault.inBrief() : names.contains(fault.name()))
        .map(fault -> DynamicTest.dynamicTest(fault.name(), () -> go(fault)));
  }

  @AfterAll
  void report() throws IOException {
    if (stage != null) {
      stage.close(false);
    }
    Files.writeString(TARGET.resolve("FAULTS.md"), FaultReport.of(rows));
  }

  private void go(Fault fault) throws IOException {
    // given
    if (fault.tool().isPresent()) {
      ExternalTool tool = fault.tool().orElseThrow();
      if (!tool.isPresent()) {
        rows.add(ExperimentResult.notDone(fault, tool));
      }
      RequiresToolCondition.assumePresent(tool);
    }
    if (stage == null) {
      stages++;
      Path directory = TARGET.resolve("faults-" + ProcessHandle.current().pid() + "-" + stages);
      stage =
          ExperimentSetup.open(
              HOME,
              Files.createDirectories(directory),
              all ? ExperimentScale.FULL : ExperimentScale.BRIEF);
    }
    // when
    ExperimentResult row;
    try {
      row = stage.newExperiment().run(fault);
    } catch (RuntimeException | Error e) {
      giveUpStage();
      throw e;
    }
    rows.add(row);
    System.out.println(row);
    if (!row.isRight()) {
      giveUpStage();
    }
    // then
    assertThat(row.violations()).as("%s: %s", fault.name(), row.seen()).isEmpty();
  }

  private void giveUpStage() {
    stage.close(true);
    stage = null;
  }
}
