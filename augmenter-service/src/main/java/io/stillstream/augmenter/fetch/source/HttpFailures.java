package io.stillstream.augmenter.fetch.source;

import java.io.EOFException;
import java.net.ConnectException;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import javax.net.ssl.SSLException;
import org.apache.hc.core5.http.ConnectionClosedException;
import org.apache.hc.core5.http.NoHttpResponseException;

/** Says why a request to a server has failed. */
final class HttpFailures {
  private HttpFailures() {}

  static String text(Exception e) {
    if (e instanceof ForbiddenAddressException) {
      return e.getMessage();
    }
    if (e instanceof UnknownHostException) {
      return "the host is unknown";
    }
    if (e instanceof SSLException) {
      return "TLS failed: " + e.getMessage();
    }
    if (e instanceof SocketTimeoutException || e instanceof ConnectException) {
      return "no connection: " + e.getMessage();
    }
    if (e instanceof NoHttpResponseException) {
      return "the server closed the connection";
    }
    return e instanceof ConnectionClosedException || e instanceof EOFException
        ? "the answer was cut short: " + e.getMessage()
        : e.toString();
  }
}
