package io.stillstream.bench.load.deployment;

import java.util.List;
import java.util.Map;

/** The pipeline under load. */
public interface Deployment extends AutoCloseable {
  /** Settings of clients: broker and registry. */
  Map<String, String> clients();

  /** The processes that run, and can be measured. */
  List<ProcessProbe> processes();

  /**
   * Checks that all processes run.
   *
   * @throws io.stillstream.runtime.config.StartupException if a process of it has ended by itself
   */
  void requireHealthy();

  @Override
  void close();
}
