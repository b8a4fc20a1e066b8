package io.stillstream.trainer.ledger;

import io.stillstream.trainer.files.DurableFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/** A disk on which one operation fails: before it has been done, or after. */
final class InterruptedFiles extends DurableFiles {
  private int left = Integer.MAX_VALUE;
  private boolean isDone;
  private boolean hasFailed;

  private interface FileOperation {
    void run() throws IOException;
  }

  /** The operation that comes after so many others fails. */
  void failAfter(int operations, boolean done) {
    left = operations;
    isDone = done;
    hasFailed = false;
  }

  /** Whether one has failed; from now on none does. */
  boolean hasFailed() {
    left = Integer.MAX_VALUE;
    return hasFailed;
  }

  private void run(FileOperation operation) throws IOException {
    if (left-- != 0) {
      operation.run();
      return;
    }
    hasFailed = true;
    if (isDone) {
      operation.run();
    }
    throw new IOException("no space left on device");
  }

  /** Does not wait for the medium: a test that ends does not take the machine's power away. */
  @Override
  public void sync(Path path) throws IOException {
    run(
        () -> {
          if (!Files.exists(path)) {
            throw new NoSuchFileException(path.toString());
          }
        });
  }

  @Override
  public void move(Path from, Path to) throws IOException {
    run(() -> super.move(from, to));
  }

  @Override
  public void delete(Path path) throws IOException {
    run(() -> super.delete(path));
  }
}
