package io.stillstream.faults.experiment;

import io.stillstream.faults.input.ImageRecordFactory;
import io.stillstream.faults.input.ImageRecordSender;
import io.stillstream.faults.pipeline.ClusterInspector;
import io.stillstream.faults.pipeline.PipelineUnderTest;
import io.stillstream.faults.process.SystemCommand;
import java.nio.file.Path;

/**
 * A pipeline, somebody who feeds it, and somebody who watches its broker.
 *
 * @param lastResort ends the processes, and unmounts the disk, should the tests be ended
 */
public record ExperimentSetup(
    PipelineUnderTest site,
    ImageRecordSender feed,
    ClusterInspector cluster,
    ExperimentScale scale,
    Path directory,
    Thread lastResort) {
  public static ExperimentSetup open(Path home, Path directory, ExperimentScale scale) {
    PipelineUnderTest site = new PipelineUnderTest(home, directory);
    Thread lastResort = new Thread(site::close, "last-resort");
    Runtime.getRuntime().addShutdownHook(lastResort);
    return new ExperimentSetup(
        site,
        new ImageRecordSender(new ImageRecordFactory(home, site.clients()), site.clients()),
        new ClusterInspector(site.clients()),
        scale,
        directory,
        lastResort);
  }

  public FaultExperiment newExperiment() {
    return new FaultExperiment(site, feed, cluster, scale);
  }

  /**
   * Ends everything.
   *
   * @param keep whether settings, logs and data of the processes stay, to be looked at
   */
  public void close(boolean keep) {
    Runtime.getRuntime().removeShutdownHook(lastResort);
    feed.close();
    cluster.close();
    site.close();
    if (!keep) {
      SystemCommand.run("rm", "-rf", directory.toString());
    }
  }
}
