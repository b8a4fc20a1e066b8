package io.stillstream.labeler;

import static org.assertj.core.api.Assertions.assertThat;

import io.stillstream.labeler.config.LabelerConfig;
import io.stillstream.runtime.config.YamlSettings;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/** A labeler in a process of its own that is killed, frozen, asked to leave and started again. */
final class ChaosInstance implements AutoCloseable {
  private static final int PATIENCE_SECONDS = 30;

  private final LabelerConfig config;
  private final Path file;
  private Process process;

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
    try {
      // Short lives: compiling well would cost more than it gains.
      process = LabelerProcess.start(file, "-XX:TieredStopAtLevel=1", "-Xmx256m");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  void kill() {
    process.destroyForcibly();
    awaitEnd();
  }

  /** Asks it to end and waits until it has. */
  void leave() {
    process.destroy();
    awaitEnd();
  }

  void freeze() {
    signal("STOP");
  }

  void resume() {
    signal("CONT");
  }

  /** Fails if it is not there any more although nobody ended it. */
  void requireAlive() {
    assertThat(process.isAlive()).as("%s lives; its log is %s.log", id(), file).isTrue();
  }

  private void signal(String name) {
    try {
      // The shell's own kill: as a program it is not in every Debian.
      String command = "kill -%s %d".formatted(name, process.pid());
      assertThat(new ProcessBuilder("sh", "-c", command).start().waitFor()).isZero();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      throw interrupted(e);
    }
  }

  private void awaitEnd() {
    try {
      assertThat(process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS))
          .as("%s ends; its log is %s.log", id(), file)
          .isTrue();
    } catch (InterruptedException e) {
      throw interrupted(e);
    }
  }

  private static IllegalStateException interrupted(InterruptedException e) {
    Thread.currentThread().interrupt();
    return new IllegalStateException(e);
  }

  /** A frozen process can be killed, too. */
  @Override
  public void close() {
    if (process != null) {
      process.destroyForcibly();
    }
  }
}
