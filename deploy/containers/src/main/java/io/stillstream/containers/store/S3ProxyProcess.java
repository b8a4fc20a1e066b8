package io.stillstream.containers.store;

import io.stillstream.embedded.process.JavaProcess;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/**
 * S3Proxy on a directory, as a process that can be frozen, stopped and started again. It checks
 * signatures.
 */
public final class S3ProxyProcess implements AutoCloseable {
  public static final String BUCKET = "students";
  public static final String ACCESS_KEY = "trainer";
  public static final String SECRET_KEY = "only-for-tests";
  private static final Duration BETWEEN_LOOKS = Duration.ofMillis(50);
  private static final Duration START_TIMEOUT = Duration.ofMinutes(2);

  private final JavaProcess process;
  private final int port;
  private final Path data;

  private S3ProxyProcess(JavaProcess process, int port, Path data) {
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
    return start(work, data, readOnly, Duration.ZERO);
  }

  /**
   * Starts it as {@link #start(Path, Path, boolean)} does.
   *
   * @param latency that each request takes in addition
   */
  public static S3ProxyProcess start(Path work, Path data, boolean readOnly, Duration latency)
      throws IOException {
    Files.createDirectories(work);
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
        s3proxy.latency-blobstore=%s
        s3proxy.latency-blobstore.*.latency=%d
        jclouds.provider=filesystem-nio2
        jclouds.filesystem.basedir=%s
        """
            .formatted(
                port,
                ACCESS_KEY,
                SECRET_KEY,
                readOnly,
                !latency.isZero(),
                latency.toMillis(),
                data));
    JavaProcess process =
        JavaProcess.ofMain(
            "S3Proxy",
            work.resolve("s3proxy.log"),
            List.of("-Xmx128m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1"),
            org.gaul.s3proxy.Main.class,
            List.of("--properties", config.toString()));
    S3ProxyProcess server = new S3ProxyProcess(process, port, data);
    server.createBucket(BUCKET);
    server.start();
    return server;
  }

  /** Starts it again at the same port after {@link #kill}, and waits until it listens. */
  public void start() {
    process.start();
    try {
      long end = System.nanoTime() + START_TIMEOUT.toNanos();
      while (!listens()) {
        process.requireAlive();
        if (System.nanoTime() - end > 0) {
          throw new IllegalStateException("S3Proxy does not listen:\n" + process.output());
        }
        process.runFor(BETWEEN_LOOKS);
      }
    } catch (RuntimeException e) {
      process.close();
      throw e;
    }
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

  /** Its process, until it is started again. */
  public ProcessHandle handle() {
    return process.handle();
  }

  /** Makes a bucket, if it is not there; its directory, where a file's path is the object's key. */
  public Path createBucket(String name) throws IOException {
    return Files.createDirectories(data.resolve(name));
  }

  /** An object's file in {@link #BUCKET}. */
  public Path file(String key) {
    return data.resolve(BUCKET).resolve(key);
  }

  /** Lets it answer nothing, with all connections open, until it is thawed. */
  public void freeze() {
    process.suspend();
  }

  public void thaw() {
    process.resume();
  }

  /** Ends it at once, with all connections; what is stored stays. */
  public void kill() {
    process.kill();
  }

  @Override
  public void close() {
    process.close();
  }
}
