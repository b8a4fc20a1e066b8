package io.stillstream.local.demo;

import com.fasterxml.jackson.databind.JsonNode;
import io.stillstream.local.broker.StateDirectory;
import io.stillstream.local.data.DataSet;
import io.stillstream.local.demo.pipeline.DemoPipeline;
import io.stillstream.local.demo.settings.DemoInputs;
import io.stillstream.local.demo.settings.DemoSettings;
import io.stillstream.local.demo.settings.TeacherEngine;
import io.stillstream.local.preview.PolicyLoader;
import io.stillstream.local.terminal.TerminalProgress;
import io.stillstream.runtime.model.ModelSpec;
import io.stillstream.schemas.answer.ModelTask;
import java.nio.file.Path;
import java.util.List;

/** What a demo prints at its start: where everything is, and what it leaves out. */
record DemoAnnouncement(
    DemoSettings settings, StateDirectory directory, TerminalProgress terminal) {

  /**
   * Prints it.
   *
   * @param before images that the directory holds already
   * @param steps of the student so far
   */
  void print(DemoPipeline pipeline, DemoInputs inputs, long before, long steps) {
    ModelSpec teacher = inputs.teacher();
    terminal.printLine("state     " + directory.root());
    terminal.printLine(
        "teacher   %s %s, engine %s"
            .formatted(
                teacher.name(), teacher.version(), TeacherEngine.of(teacher.format()).key()));
    terminal.printLine("kafka     " + pipeline.clients().get("bootstrap.servers"));
    terminal.printLine("registry  " + pipeline.clients().get("schema.registry.url"));
    terminal.printLine("metrics   " + pipeline.managementUrl() + "/metrics");
    terminal.printLine("page      " + pipeline.managementUrl() + "/page/");
    if (settings.task() == ModelTask.CLASSIFICATION) {
      terminal.printLine("labels    the page shows images to label; a click labels one");
    }
    terminal.printLine("health    " + pipeline.managementUrl() + "/health/ready");
    if (settings.secured()) {
      terminal.printLine("secrets   " + directory.secrets());
    }
    if (before > 0) {
      terminal.printLine("resumed at %d images, step %d".formatted(before, steps));
    }
    printReplacedOutput(inputs.student());
    printLeftOut(inputs.leftOut());
    printUntested(inputs.classesWithoutTestImages());
  }

  private void printUntested(List<String> classes) {
    if (!classes.isEmpty()) {
      terminal.printLine(
          "untested  no test image shows these classes, the summary does not cover them: "
              + DataSet.some(classes));
    }
  }

  /** A service would make views of the policy's own size, which the models refuse. */
  private void printReplacedOutput(ModelSpec student) {
    JsonNode output = PolicyLoader.tree(settings.run().policy(), System.getenv()).path("output");
    int height = output.path("height").asInt(student.height());
    int width = output.path("width").asInt(student.width());
    if (height != student.height() || width != student.width()) {
      terminal.printLine(
          "policy    its output of %d x %d is replaced by %d x %d, which the student takes"
              .formatted(height, width, student.height(), student.width()));
    }
  }

  private void printLeftOut(List<Path> files) {
    if (!files.isEmpty()) {
      terminal.printLine(
          "left out  %d files that are no pictures, or too large for a record: %s"
              .formatted(files.size(), DataSet.some(files.stream().map(Path::toString).toList())));
    }
  }
}
