package io.stillstream.runtime.http;

import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Predicate;
import org.eclipse.jetty.http.HttpException;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What answers which path and method. Paths are matched exactly, as they stand in the request, and
 * after that by {@link PathTemplate}. An unknown path is answered with 404, an unknown method of a
 * known path with 405.
 */
final class RouteTable extends Handler.Abstract {
  private static final Logger LOG = LoggerFactory.getLogger(RouteTable.class);

  /** By path, or by the text of a template. */
  private final Map<String, Entry> paths = new ConcurrentHashMap<>();

  private final List<Template> templates = new CopyOnWriteArrayList<>();

  /** How requests for a path are let through. */
  enum Lane {
    /** At once: answers neither wait nor take memory. */
    DIRECT,
    /** By the queue for operators. */
    METRICS,
    /** By the queue for what a service adds. */
    SERVICE,
    /** By the queue for files. */
    DOWNLOAD
  }

  /** Answers a request, and completes the callback then or later. */
  @FunctionalInterface
  interface Route {
    void answer(Request request, Response response, Callback callback);
  }

  private record Entry(Lane lane, Map<String, Route> methods) {}

  private record Template(PathTemplate path, Entry entry) {}

  void add(Lane lane, String method, String path, Route route) {
    paths.computeIfAbsent(path, unused -> entry(lane, path)).methods().put(method, route);
  }

  private Entry entry(Lane lane, String path) {
    Entry entry = new Entry(lane, new ConcurrentSkipListMap<>());
    if (PathTemplate.isTemplate(path)) {
      templates.add(new Template(PathTemplate.parse(path), entry));
    }
    return entry;
  }

  /** What answers a request's path; null if nothing does. */
  private Entry find(Request request) {
    String path = request.getHttpURI().getPath();
    if (path == null || PathTemplate.isTemplate(path)) {
      return null;
    }
    Entry exact = paths.get(path);
    return exact != null
        ? exact
        : templates.stream()
            .filter(template -> template.path().match(path).isPresent())
            .map(Template::entry)
            .findFirst()
            .orElse(null);
  }

  /** Adds GET and HEAD. */
  void addReadable(Lane lane, String path, Route route) {
    add(lane, "GET", path, route);
    add(lane, "HEAD", path, route);
  }

  /** Whether the request's path is in this lane. */
  Predicate<Request> isIn(Lane lane) {
    return request -> {
      Entry entry = find(request);
      return entry != null && entry.lane() == lane;
    };
  }

  @Override
  public boolean handle(Request request, Response response, Callback callback) {
    Entry entry = find(request);
    Route route = entry == null ? null : entry.methods().get(request.getMethod());
    // While a service computes, a connection on which nothing happens is as it should be.
    request.addIdleTimeoutListener(timeout -> false);
    if (entry == null) {
      HttpResponses.error(request, response, callback, 404, "not found");
    } else if (route == null) {
      response.getHeaders().put(HttpHeader.ALLOW, String.join(", ", entry.methods().keySet()));
      HttpResponses.error(request, response, callback, 405, "method not allowed");
    } else {
      guarded(request, response, callback, () -> route.answer(request, response, callback));
    }
    return true;
  }

  /** Answers with 500 if the code at fault has not answered yet. */
  static void guarded(Request request, Response response, Callback callback, Runnable answer) {
    try {
      answer.run();
    } catch (RuntimeException e) {
      if (e instanceof HttpException) {
        throw e;
      }
      LOG.atError().setCause(e).addKeyValue("path", request.getHttpURI()).log("request failed");
      HttpResponses.error(request, response, callback, 500, "internal error");
    }
  }
}
