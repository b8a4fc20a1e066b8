package io.stillstream.trainer.replica.objectstore;

import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/** S3Proxy on a directory, as a process that can be frozen. It checks signatures. */
public final class S3ProxyProcess implements AutoCloseable {
  public static final String BUCKET = "students";
  public static final String ACCESS_KEY = "trainer";
  public static final String SECRET_KEY = "only-for-tests";
  private static final Duration PATIENCE = Duration.ofMinutes(2);

  private final Process process;
  private final int port;
  private final Path data;

  private S3ProxyProcess(Process process, int port, Path data) {
    this.process = process;
    this.port = port;
    this.data = data;
  }

  /**
   * Starts it, and waits until it listens.
   *
   * @param work for its files and its output
   * @param data where buckets are directories
   */
  public static S3ProxyProcess start(Path work, Path data, boolean readOnly) throws IOException {
    Files.createDirectories(work);
    Files.createDirectories(data.resolve(BUCKET));
    int port = freePort();
    Path config = work.resolve("s3proxy.properties");
    Files.writeString(
        config,
        """
        s3proxy.endpoint=http://127.0.0.1:%d
        s3proxy.authorization=aws-v2-or-v4
        s3proxy.identity=%s
        s3proxy.credential=%s
        s3proxy.read-only-blobstore=%s
        jclouds.provider=filesystem-nio2
        jclouds.filesystem.basedir=%s
        """
            .formatted(port, ACCESS_KEY, SECRET_KEY, readOnly, data));
    Path output = work.resolve("s3proxy.log");
    Process process =
        new ProcessBuilder(
                List.of(
                    Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                    "-Xmx128m",
                    "-XX:+UseSerialGC",
                    "-XX:TieredStopAtLevel=1",
                    "-cp",
                    System.getProperty(
                        "surefire.test.class.path", System.getProperty("java.class.path")),
                    "org.gaul.s3proxy.Main",
                    "--properties",
                    config.toString()))
            .redirectErrorStream(true)
            .redirectOutput(output.toFile())
            .start();
    S3ProxyProcess server = new S3ProxyProcess(process, port, data);
    await().atMost(PATIENCE).until(() -> server.listens() || !process.isAlive());
    if (!process.isAlive()) {
      throw new IOException("S3Proxy ended: " + Files.readString(output));
    }
    return server;
  }

  private boolean listens() {
    try (Socket socket = new Socket()) {
      socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 1000);
      return true;
    } catch (IOException e) {
      return false;
    }
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0)) {
      return socket.getLocalPort();
    }
  }

  public int port() {
    return port;
  }

  public String endpoint() {
    return "http://127.0.0.1:" + port;
  }

  /** An object's file. */
  public Path file(String key) {
    return data.resolve(BUCKET).resolve(key);
  }

  /** Lets it answer nothing, with all connections open, until it is thawed. */
  public void freeze() throws IOException, InterruptedException {
    signal("STOP");
  }

  public void thaw() throws IOException, InterruptedException {
    signal("CONT");
  }

  private void signal(String signal) throws IOException, InterruptedException {
    // The shell's own kill: as a program it is not in every Debian.
    new ProcessBuilder("sh", "-c", "kill -%s %d".formatted(signal, process.pid()))
        .inheritIO()
        .start()
        .waitFor();
  }

  @Override
  public void close() {
    process.destroyForcibly();
  }
}
