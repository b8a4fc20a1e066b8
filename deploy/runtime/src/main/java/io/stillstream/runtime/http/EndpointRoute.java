package io.stillstream.runtime.http;

import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import org.eclipse.jetty.http.HttpField;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.util.Promise;
import org.eclipse.jetty.util.thread.Invocable.InvocationType;

/**
 * Reads the body without a thread, and then calls an endpoint's handler, which may block.
 *
 * @param mayChange whether there is a user, whose requests may change something
 */
record EndpointRoute(HttpEndpoint endpoint, boolean mayChange) implements RouteTable.Route {
  @Override
  public void answer(Request request, Response response, Callback callback) {
    if (isChange() && !mayChange) {
      HttpResponses.error(
          request,
          response,
          callback,
          403,
          "changes by HTTP need management.basic, which the settings of this service do not have");
      return;
    }
    Map<String, String> parameters = parameters(request);
    Map<String, String> headers = headers(request);
    if (request.getLength() > endpoint.maxBytes()) {
      tooLong(request, response, callback);
      return;
    }
    ClientDeadline.begin(request);
    Content.Source.asByteArrayAsync(
        Content.Source.from(request, 0, endpoint.maxBytes() + 1L),
        -1,
        Promise.Invocable.<byte[]>from(
            InvocationType.BLOCKING,
            body -> {
              if (body.length > endpoint.maxBytes()) {
                tooLong(request, response, callback);
              } else {
                ClientDeadline.pause(request);
                HttpEndpoint.Request asked =
                    new HttpEndpoint.Request(contentType(request), parameters, headers, body);
                RouteTable.guarded(
                    request,
                    response,
                    callback,
                    () -> HttpResponses.reply(response, callback, reply(asked)));
              }
            },
            callback::failed));
  }

  private boolean isChange() {
    return endpoint.kind() == HttpEndpoint.Kind.CHANGE;
  }

  private HttpEndpoint.Reply reply(HttpEndpoint.Request asked) {
    if (isChange() && !SameOrigin.holds(asked)) {
      return HttpEndpoint.Reply.error(403, "a page of another site may change nothing here");
    }
    try {
      return endpoint.handler().handle(asked);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return HttpEndpoint.Reply.error(503, "stopping");
    }
  }

  private void tooLong(Request request, Response response, Callback callback) {
    HttpResponses.error(
        request, response, callback, 413, "more than " + endpoint.maxBytes() + " bytes");
  }

  private static String contentType(Request request) {
    String type = request.getHeaders().get(HttpHeader.CONTENT_TYPE);
    return type == null ? "" : type.split(";", 2)[0].strip().toLowerCase(Locale.ROOT);
  }

  private static Map<String, String> headers(Request request) {
    Map<String, String> headers = new HashMap<>();
    for (HttpField field : request.getHeaders()) {
      if (field.getValue() != null) {
        headers.put(field.getLowerCaseName(), field.getValue());
      }
    }
    return headers;
  }

  /** Of a repeated one the last counts; those of the path come before those of the query. */
  private Map<String, String> parameters(Request request) {
    Map<String, String> parameters = new HashMap<>();
    Request.extractQueryParameters(request)
        .forEach(
            field ->
                parameters.put(
                    field.getName(), field.getValues().get(field.getValues().size() - 1)));
    if (PathTemplate.isTemplate(endpoint.path())) {
      PathTemplate.parse(endpoint.path())
          .match(request.getHttpURI().getPath())
          .ifPresent(parameters::putAll);
    }
    return parameters;
  }
}
