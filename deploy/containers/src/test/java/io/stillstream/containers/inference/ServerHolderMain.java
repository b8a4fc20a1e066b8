package io.stillstream.containers.inference;

import java.io.IOException;
import java.nio.file.Path;

/** Starts a server, writes its process id, and waits to be killed. */
final class ServerHolderMain {
  private ServerHolderMain() {}

  /**
   * @param arguments a directory for the server, and the file for the id
   */
  public static void main(String[] arguments) throws IOException, InterruptedException {
    OipServerProcess server =
        new TritonServerProcess(
            Path.of(arguments[0]), RepositoryModel.ofPixels("teacher", 5, 4, 3));
    server.start();
    RepositoryFiles.write(Path.of(arguments[1]), String.valueOf(server.process().handle().pid()));
    Thread.currentThread().join();
  }
}
