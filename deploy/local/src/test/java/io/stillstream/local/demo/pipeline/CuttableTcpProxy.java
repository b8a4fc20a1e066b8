package io.stillstream.local.demo.pipeline;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** A way to a port of this machine that can be cut, and mended. */
final class CuttableTcpProxy implements AutoCloseable {
  private final ServerSocket here;
  private final int there;
  private final Set<Socket> ends = ConcurrentHashMap.newKeySet();
  private volatile boolean cut;

  CuttableTcpProxy(int there) {
    this.there = there;
    try {
      here = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    run(this::accept);
  }

  int port() {
    return here.getLocalPort();
  }

  /** Ends all connections; new ones end at once. */
  void cut() {
    cut = true;
    ends.forEach(CuttableTcpProxy::end);
    ends.clear();
  }

  void mend() {
    cut = false;
  }

  @Override
  public void close() {
    cut();
    try {
      here.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void accept() throws IOException {
    while (true) {
      Socket near = here.accept();
      if (cut) {
        end(near);
        continue;
      }
      Socket far = new Socket(InetAddress.getLoopbackAddress(), there);
      ends.add(near);
      ends.add(far);
      run(() -> pump(near, far));
      run(() -> pump(far, near));
    }
  }

  private void pump(Socket from, Socket to) throws IOException {
    try (InputStream in = from.getInputStream()) {
      in.transferTo(to.getOutputStream());
    } finally {
      end(from);
      end(to);
      ends.remove(from);
      ends.remove(to);
    }
  }

  private static void end(Socket socket) {
    try {
      socket.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void run(Work work) {
    Thread thread =
        new Thread(
            () -> {
              try {
                work.run();
              } catch (IOException e) {
                // one of the ends is closed, and so is the other by now
              }
            },
            "cable");
    thread.setDaemon(true);
    thread.start();
  }

  private interface Work {
    void run() throws IOException;
  }
}
