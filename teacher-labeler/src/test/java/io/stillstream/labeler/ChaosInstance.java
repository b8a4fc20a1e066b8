package io.stillstream.labeler;

import static org.assertj.core.api.Assertions.assertThat;

import io.stillstream.embedded.process.JavaProcess;
import io.stillstream.labeler.config.LabelerConfig;
import io.stillstream.runtime.config.YamlSettings;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** A labeler in a process of its own that is killed, frozen, asked to leave and started again. */
final class ChaosInstance implements AutoCloseable {
  private final LabelerConfig config;
  private final Path file;
  private JavaProcess process;

  ChaosInstance(LabelerConfig config, Path directory) {
    this.config = config;
    this.file = directory.resolve(config.transactionalId() + ".yaml");
    try {
      Files.writeString(file, YamlSettings.effective(config));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The name that the broker knows it by, as static member and as producer. */
  String id() {
    return config.transactionalId();
  }

  boolean isRunning() {
    return process != null && process.isAlive();
  }

  void start() {
    // Short lives: compiling well would cost more than it gains.
    process = LabelerProcess.start(file, "-XX:TieredStopAtLevel=1", "-Xmx256m");
  }

  void kill() {
    process.kill();
  }

  /** Asks it to end and waits until it has. */
  void leave() {
    process.terminate();
  }

  void freeze() {
    process.suspend();
  }

  void resume() {
    process.resume();
  }

  /** Fails if it has ended of itself. */
  void requireAlive() {
    assertThat(process.isAlive()).as("%s lives; its log is %s.log", id(), file).isTrue();
  }

  @Override
  public void close() {
    if (process != null) {
      process.close();
    }
  }
}
