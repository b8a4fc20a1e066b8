package io.stillstream.page;

import io.micrometer.core.instrument.MeterRegistry;
import io.stillstream.page.label.LabelEndpoint;
import io.stillstream.page.trainer.TrainerClient;
import io.stillstream.page.trainer.TrainerUnavailableException;
import io.stillstream.runtime.access.AccessCheck;
import io.stillstream.runtime.access.AccessMonitor;
import io.stillstream.runtime.config.StartupException;
import io.stillstream.runtime.health.Health;
import io.stillstream.runtime.health.Health.Check;
import io.stillstream.runtime.http.HttpEndpoint;
import io.stillstream.runtime.http.HttpEndpoint.Reply;
import io.stillstream.runtime.http.HttpEndpoint.Request;
import io.stillstream.runtime.http.WebContent;
import io.stillstream.runtime.service.Service;
import io.stillstream.runtime.service.UninterruptibleJoin;
import io.stillstream.runtime.startup.StartupWait;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.regex.Pattern;

/**
 * A live page about a running pipeline, on the management port below {@code /page/}. One thread
 * reads topics and asks the trainer. It changes nothing, but for labels of readers where the
 * settings allow them, and no service waits for it.
 */
public final class PageService implements Service {
  private static final Pattern VERSION = Pattern.compile("[1-9]\\d{0,17}");
  private static final Duration FIRST_POLL = Duration.ofSeconds(15);

  private final PageConfig config;
  private final TrainerClient trainer;
  private final StartupWait startup;
  private final AccessMonitor access;
  private final PageBroadcaster board;
  private final AtomicBoolean closed = new AtomicBoolean();
  private final CountDownLatch stopping = new CountDownLatch(1);
  private final PagePoller poller;
  private final LabelEndpoint labels;
  private final Thread thread;

  /**
   * @param meters of the process; the counters of augmenter and labeler are among them if they run
   *     in it
   * @param playground whether the page links to a playground for policies
   */
  public PageService(PageConfig config, MeterRegistry meters, boolean playground) {
    this.config = config;
    this.trainer = new TrainerClient(config.trainer());
    this.startup = StartupWait.of(config.start());
    this.access = new AccessMonitor(config.kafka(), config.neededAcls());
    Map<String, Object> greeting = new LinkedHashMap<>();
    greeting.put("title", config.title());
    greeting.put("playground", playground);
    greeting.put("topics", config.topics());
    greeting.put("labels", config.labels().write());
    this.board = new PageBroadcaster(config.readers(), greeting);
    this.poller = new PagePoller(config, trainer, meters, board, stopping);
    this.labels =
        new LabelEndpoint(
            config.labels(),
            config.kafka(),
            config.topics().labels(),
            poller::training,
            access::reportFailure);
    this.thread = new Thread(poller, "page-watch");
    thread.setDaemon(true);
  }

  @Override
  public void start() {
    requireTrainer();
    AccessCheck.require(
        config.kafka(), Map.of("source", config.topics().source()), config.neededAcls(), startup);
    access.start();
    thread.start();
    try {
      poller.awaitFirstPoll(FIRST_POLL);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new StartupException("interrupted while starting", e);
    }
  }

  /** Refuses what is no trainer. One that is away may come later. */
  private void requireTrainer() {
    try {
      trainer.training();
    } catch (TrainerUnavailableException e) {
      if (e.isNotFound()) {
        throw new StartupException(
            "trainer.url: must be a trainer's management port: " + e.getMessage(), e);
      }
      if (e.isUnauthorized()) {
        throw new StartupException("trainer.user, trainer.password: " + e.getMessage(), e);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new StartupException("interrupted while starting", e);
    }
  }

  /** A trainer or broker that is away is shown on the page, so it does not take the page away. */
  @Override
  public Health health() {
    boolean runs = thread.isAlive();
    return startup.addTo(
        Health.of(
            thread.getState() == Thread.State.NEW
                ? Check.readiness("watch", false, "starting")
                : Check.liveness("watch", runs, runs ? "running" : "ended"),
            access.check()));
  }

  @Override
  public WebContent site() {
    return new WebContent(PageAssets.all(), List.of(board.feed()));
  }

  @Override
  public List<HttpEndpoint> endpoints() {
    return List.of(
        new HttpEndpoint("GET", "/page/trace", 0, this::trace),
        new HttpEndpoint("GET", "/page/evaluation", 0, this::evaluation),
        labels.endpoint());
  }

  private Reply trace(Request request) throws InterruptedException {
    return passOn(() -> trainer.trace(request.parameter("image").orElse("")));
  }

  private Reply evaluation(Request request) throws InterruptedException {
    String version = request.parameter("version").orElse("");
    return VERSION.matcher(version).matches()
        ? passOn(() -> trainer.evaluation(Long.parseLong(version)))
        : Reply.error(400, "version must be a positive number");
  }

  /** A question to the trainer, which a browser has. */
  private interface Question {
    TrainerClient.Answer ask() throws TrainerUnavailableException, InterruptedException;
  }

  private static Reply passOn(Question question) throws InterruptedException {
    try {
      TrainerClient.Answer answer = question.ask();
      return new Reply(answer.status(), answer.body());
    } catch (TrainerUnavailableException e) {
      return Reply.error(503, "the trainer does not answer");
    }
  }

  @Override
  public void awaitStop() throws InterruptedException {
    stopping.await();
  }

  @Override
  public void close() {
    if (!closed.getAndSet(true)) {
      startup.cancel();
      board.close();
      // Once, and before the other signal: a thread that has seen either closes its consumer, which
      // an interrupt would break off.
      thread.interrupt();
      stopping.countDown();
      access.close();
      labels.close();
    }
    UninterruptibleJoin.join(thread);
  }
}
