package io.stillstream.trainer.replica;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;

/** Passes bytes on to a server, and cuts connections that send more than it lets through. */
final class ConnectionCuttingProxy implements AutoCloseable {
  private final ServerSocket listening;
  private final int target;
  private volatile long most = Long.MAX_VALUE;
  private volatile int cuts;

  ConnectionCuttingProxy(int target) throws IOException {
    this.listening = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    this.target = target;
    daemon(this::accept);
  }

  int port() {
    return listening.getLocalPort();
  }

  /** How many bytes a connection may send. */
  void limit(long bytes) {
    most = bytes;
  }

  int cuts() {
    return cuts;
  }

  private void accept() {
    try {
      while (true) {
        Socket client = listening.accept();
        Socket server = new Socket(InetAddress.getLoopbackAddress(), target);
        daemon(() -> pass(client, server, true));
        daemon(() -> pass(server, client, false));
      }
    } catch (IOException e) {
      // Closed: nothing more is to be passed on.
      return;
    }
  }

  private void pass(Socket from, Socket to, boolean limited) {
    byte[] buffer = new byte[1 << 14];
    long passed = 0;
    try (from;
        to) {
      InputStream in = from.getInputStream();
      OutputStream out = to.getOutputStream();
      int read;
      while ((read = in.read(buffer)) >= 0) {
        passed += read;
        if (limited && passed > most) {
          cut();
          return;
        }
        out.write(buffer, 0, read);
        out.flush();
      }
    } catch (IOException e) {
      // The other direction has closed both.
      return;
    }
  }

  private synchronized void cut() {
    cuts++;
  }

  private static void daemon(Runnable work) {
    Thread thread = new Thread(work, "cutting-proxy");
    thread.setDaemon(true);
    thread.start();
  }

  @Override
  public void close() throws IOException {
    listening.close();
  }
}
