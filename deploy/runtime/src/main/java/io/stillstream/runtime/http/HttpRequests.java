package io.stillstream.runtime.http;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.sun.net.httpserver.HttpExchange;
import io.stillstream.runtime.http.HttpEndpoint.Request;
import java.net.URLDecoder;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;

/** What endpoints need to know of an HTTP request. */
final class HttpRequests {
  private HttpRequests() {}

  static Request of(HttpExchange exchange, byte[] body) {
    String type = exchange.getRequestHeaders().getFirst("Content-Type");
    return new Request(
        type == null ? "" : type.split(";", 2)[0].strip().toLowerCase(Locale.ROOT),
        parameters(exchange.getRequestURI().getRawQuery()),
        body);
  }

  private static Map<String, String> parameters(String query) {
    Map<String, String> parameters = new HashMap<>();
    for (String pair : query == null ? new String[0] : query.split("&")) {
      String[] parts = pair.split("=", 2);
      parameters.put(decoded(parts[0]), parts.length == 2 ? decoded(parts[1]) : "");
    }
    return parameters;
  }

  /** What is wrongly encoded stands for itself. */
  private static String decoded(String text) {
    try {
      return URLDecoder.decode(text, UTF_8);
    } catch (IllegalArgumentException e) {
      return text;
    }
  }
}
