package io.stillstream.runtime.openlineage;

import io.openlineage.client.OpenLineage.RunEvent;
import io.openlineage.client.OpenLineageClientException;
import io.openlineage.client.OpenLineageClientUtils;
import io.openlineage.client.transports.HttpConfig;
import io.openlineage.client.transports.HttpTransport;
import io.openlineage.client.transports.HttpTransportResponseException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Set;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The way of events to a service or a file, with failures told apart. For one thread. */
final class EventTransport implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(EventTransport.class);

  /** Answers that may be another one later, although they are the client's fault by number. */
  private static final Set<Integer> PASSING = Set.of(401, 403, 404, 408, 425, 429);

  private final Consumer<RunEvent> transport;
  private final AutoCloseable closing;
  private final String destination;

  /** Whether the last event failed: an outage is one line in the log. */
  private boolean failing;

  private EventTransport(Consumer<RunEvent> transport, AutoCloseable closing, String destination) {
    this.transport = transport;
    this.closing = closing;
    this.destination = destination;
  }

  static EventTransport open(OpenLineageSettings settings) {
    return settings
        .file()
        .map(file -> new EventTransport(event -> append(file, event), () -> {}, file.toString()))
        .orElseGet(() -> http(settings));
  }

  private static EventTransport http(OpenLineageSettings settings) {
    HttpConfig http = new HttpConfig();
    http.setUrl(settings.url().orElseThrow());
    http.setEndpoint(settings.endpoint());
    http.setTimeoutInMillis(Math.toIntExact(settings.timeout().toMillis()));
    http.setHeaders(settings.headers());
    HttpTransport transport = new HttpTransport(http);
    return new EventTransport(transport::emit, transport, http.getUrl() + http.getEndpoint());
  }

  /** Not with the library's transport, which only logs that a file cannot be written. */
  private static void append(Path file, RunEvent event) {
    try {
      Files.writeString(
          file,
          OpenLineageClientUtils.toJson(event) + '\n',
          StandardOpenOption.CREATE,
          StandardOpenOption.APPEND);
    } catch (IOException e) {
      throw new OpenLineageClientException(e);
    }
  }

  EventDelivery send(RunEvent event) {
    try {
      transport.accept(event);
      failing = false;
      return EventDelivery.SENT;
    } catch (HttpTransportResponseException e) {
      int status = e.getStatusCode();
      boolean passes = status >= 500 || PASSING.contains(status);
      log(passes ? "waits" : "is dropped", "status " + status);
      return passes ? EventDelivery.FAILED : EventDelivery.REJECTED;
    } catch (OpenLineageClientException e) {
      log("waits", e.getCause() == null ? e.getMessage() : e.getCause().toString());
      return EventDelivery.FAILED;
    } catch (RuntimeException e) {
      // A defect of the library, or of an event: the next one may be better.
      log("is dropped", e.toString());
      return EventDelivery.REJECTED;
    }
  }

  private void log(String consequence, String cause) {
    if (!failing) {
      LOG.atWarn()
          .addKeyValue("destination", destination)
          .addKeyValue("cause", cause)
          .log("A lineage event was not taken and {}", consequence);
    }
    failing = true;
  }

  @Override
  public void close() {
    try {
      closing.close();
    } catch (Exception e) {
      LOG.atDebug().addKeyValue("cause", e.toString()).log("Lineage transport was not closed");
    }
  }
}
