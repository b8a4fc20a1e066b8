package io.stillstream.faults.experiment;

import io.stillstream.faults.input.ImageRecordFactory;
import io.stillstream.faults.input.ImageRecordSender;
import io.stillstream.faults.pipeline.ClusterInspector;
import io.stillstream.faults.pipeline.PipelineUnderTest;
import io.stillstream.faults.process.SystemCommand;
import java.nio.file.Path;

/**
 * A pipeline, a sender of images, and an inspector of its broker.
 *
 * @param lastResort ends the processes, and unmounts the disk, should the tests be ended
 */
public record ExperimentSetup(
    PipelineUnderTest pipeline,
    ImageRecordSender sender,
    ClusterInspector cluster,
    ExperimentScale scale,
    Path directory,
    Thread lastResort) {
  public static ExperimentSetup open(Path home, Path directory, ExperimentScale scale) {
    PipelineUnderTest pipeline = new PipelineUnderTest(home, directory);
    Thread lastResort = new Thread(pipeline::close, "last-resort");
    Runtime.getRuntime().addShutdownHook(lastResort);
    return new ExperimentSetup(
        pipeline,
        new ImageRecordSender(new ImageRecordFactory(home, pipeline.clients()), pipeline.clients()),
        new ClusterInspector(pipeline.clients()),
        scale,
        directory,
        lastResort);
  }

  public FaultExperiment newExperiment() {
    return new FaultExperiment(pipeline, sender, cluster, scale);
  }

  /**
   * Ends everything.
   *
   * @param keep whether settings, logs and data of the processes stay, to be looked at
   */
  public void close(boolean keep) {
    Runtime.getRuntime().removeShutdownHook(lastResort);
    sender.close();
    cluster.close();
    pipeline.close();
    if (!keep) {
      SystemCommand.run("rm", "-rf", directory.toString());
    }
  }
}
