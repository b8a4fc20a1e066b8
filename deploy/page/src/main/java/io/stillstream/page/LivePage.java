package io.stillstream.page;

import io.micrometer.core.instrument.MeterRegistry;
import io.stillstream.page.deadletter.DeadLetterEntry;
import io.stillstream.page.progress.CurveHistory;
import io.stillstream.page.progress.RecentMarkers;
import io.stillstream.page.topic.PageTopics;
import io.stillstream.page.trainer.ImageTracer;
import io.stillstream.page.trainer.TrainerQueries;
import io.stillstream.runtime.http.HttpEndpoint;
import io.stillstream.runtime.http.HttpEndpoint.Reply;
import io.stillstream.runtime.http.HttpEndpoint.Request;
import io.stillstream.runtime.http.WebContent;
import io.stillstream.runtime.service.UninterruptibleJoin;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import org.apache.kafka.common.KafkaException;

/**
 * A live page about a running pipeline, on the management port below {@code /page/}. It reads the
 * topics with one consumer of its own, on one thread; it changes nothing, and nothing waits for it.
 */
public final class LivePage implements AutoCloseable {

  private final PageSettings settings;
  private final Map<String, String> kafka;
  private final PageTopics topics;
  private final TrainerQueries training;
  private final Optional<ImageTracer> tracer;
  private final PageBroadcaster board;
  private final CountDownLatch stopping = new CountDownLatch(1);
  private final Thread thread;
  private volatile boolean playground;
  private volatile boolean started;

  /**
   * Creates a live page.
   *
   * @param kafka the {@code kafka:} mapping
   * @param training asked from {@link #start} on
   * @param tracer tells the story of an image; empty if nobody can
   * @param meters of the process
   */
  public LivePage(
      PageSettings settings,
      Map<String, String> kafka,
      PageTopics topics,
      TrainerQueries training,
      Optional<ImageTracer> tracer,
      MeterRegistry meters) {
    this.settings = settings;
    this.kafka = kafka;
    this.topics = topics;
    this.training = training;
    this.tracer = tracer;
    CurveHistory history = new CurveHistory();
    RecentMarkers markers = new RecentMarkers();
    this.board = new PageBroadcaster(settings.readers(), history, markers, this::hello);
    this.thread =
        new Thread(
            new PagePoller(
                settings,
                topics,
                training,
                meters,
                board,
                history,
                markers,
                this::watch,
                InstantSource.system(),
                stopping),
            "page-watch");
    thread.setDaemon(true);
  }

  private TopicScanner watch() {
    return TopicScanner.open(kafka, topics, training);
  }

  private Map<String, Object> hello() {
    Map<String, Object> hello = new LinkedHashMap<>();
    hello.put("student", training.student());
    hello.put("classes", training.classes());
    hello.put("title", settings.title());
    hello.put("playground", playground);
    hello.put("trace", tracer.isPresent());
    hello.put("topics", topics);
    return hello;
  }

  /** The files, and the stream of events. */
  public WebContent site() {
    return new WebContent(PageAssets.all(), List.of(board.feed()));
  }

  /** What the page asks for. */
  public List<HttpEndpoint> endpoints() {
    return tracer
        .map(
            found ->
                List.of(
                    new HttpEndpoint("GET", "/page/trace", 0, request -> trace(found, request))))
        .orElse(List.of());
  }

  private Reply trace(ImageTracer teller, Request request) throws InterruptedException {
    if (!started) {
      return Reply.error(503, "starting");
    }
    String image = request.parameter("image").orElse("");
    if (image.isEmpty() || image.length() > DeadLetterEntry.LONGEST_ID) {
      return Reply.error(
          400,
          "image must have 1 to "
              + DeadLetterEntry.LONGEST_ID
              + " characters, had "
              + image.length());
    }
    try {
      return teller
          .trace(image)
          .map(Reply::ok)
          .orElseGet(() -> Reply.error(404, "nothing is known of image " + image));
    } catch (KafkaException e) {
      return Reply.error(503, "broker or registry is away: " + e.getMessage());
    }
  }

  /** Tells readers that come from now on that there is a playground for policies, too. */
  public void announcePlayground() {
    playground = true;
  }

  /** Begins to watch, and returns at once. */
  public void start() {
    started = true;
    board.open();
    thread.start();
  }

  /** Lets all readers go. A second call does nothing. */
  @Override
  public void close() {
    board.close();
    // Before the other signal: a thread that has seen that one closes its consumer, which an
    // interrupt would break off.
    thread.interrupt();
    stopping.countDown();
    UninterruptibleJoin.join(thread);
  }
}
