package io.stillstream.bench.load;

import io.stillstream.runtime.StartupException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.HdrHistogram.Histogram;

/** One run of images through a pipeline that runs already: sends, watches, and counts. */
final class Session implements AutoCloseable {
  /** Images under way in a closed loop: some seconds of work, so that no stage ever waits. */
  private static final int AHEAD = 1024;

  private static final int SLICES = 10;
  private static final Duration LOOK = Duration.ofSeconds(2);
  private static final int MOST_LOOKS = 200;
  private static final Duration STANDSTILL = Duration.ofSeconds(90);
  private static final long PAUSE_MILLIS = 200;

  private final Rig rig;
  private final int views;
  private final Arrivals arrivals;
  private final KafkaArrivals reader;
  private final Feed feed;
  private final Member self =
      new Member(Role.LOAD, "load", Optional.empty(), Optional.of(ProcessHandle.current()));

  /** What trainers had done before the first image of this run. */
  private final Map<Member, Double> trainedBefore = new LinkedHashMap<>();

  private long trainedAt;
  private long trained;

  Session(Rig rig, LoadSettings settings, Supply supply) {
    this.rig = rig;
    this.views = settings.views();
    this.arrivals = new Arrivals(views);
    RunId run = RunId.at(System.currentTimeMillis());
    for (Member member : trainers()) {
      trainedBefore.put(member, member.look(views).images());
    }
    this.reader = new KafkaArrivals(rig.clients(), rig.topics(), run, arrivals);
    this.feed = new Feed(rig.clients(), rig.topics().images(), run, supply, arrivals);
  }

  /** Sends at a rate, whatever becomes of it. */
  Measurement openLoop(String name, double rate, Duration warmUp, Duration time) {
    Schedule schedule = new Schedule(rate);
    return measure(name, rate, () -> feed.openLoop(schedule, warmUp.plus(time)), warmUp, time);
  }

  /** Sends as fast as the pipeline deals with it. */
  Measurement closedLoop(String name, Duration warmUp, Duration time) {
    return measure(
        name, 0, () -> feed.closedLoop(warmUp.plus(time), AHEAD, this::settled), warmUp, time);
  }

  /** What was sent in this run against what came of it; call it when nothing is under way. */
  Balance balance() {
    return arrivals.balance();
  }

  /** Good images that have been trained on in this run; none where no trainer can be asked. */
  OptionalDouble trained() {
    return trainers().stream()
        .mapToDouble(member -> member.look(views).images() - trainedBefore.get(member))
        .min();
  }

  @Override
  public void close() {
    feed.close();
    reader.close();
  }

  private Measurement measure(
      String name, double asked, Supplier<Feed.Sent> sending, Duration warmUp, Duration time) {
    CompletableFuture<Feed.Sent> sent = CompletableFuture.supplyAsync(sending);
    pause(warmUp);
    arrivals.takeAges();
    List<Look> looks = new ArrayList<>(List.of(look()));
    List<Map<Stage, Histogram>> ages = new ArrayList<>();
    long start = looks.get(0).nanos();
    Duration between = Duration.ofNanos(Math.max(LOOK.toNanos(), time.toNanos() / MOST_LOOKS));
    while (System.nanoTime() - start < time.toNanos()) {
      long left = time.toNanos() - (System.nanoTime() - start);
      pause(Duration.ofNanos(Math.min(left, between.toNanos())));
      looks.add(look());
      long elapsed = System.nanoTime() - start;
      if (elapsed >= (ages.size() + 1) * time.toNanos() / SLICES) {
        ages.add(arrivals.takeAges());
      }
    }
    ages.add(arrivals.takeAges());
    Measurement measurement = Measurement.of(name, asked, await(sent), looks, ages);
    settle();
    return measurement;
  }

  private Look look() {
    rig.requireWell();
    reader.requireWell();
    Map<Member, Member.Moment> moments = new LinkedHashMap<>();
    for (Member member : rig.members()) {
      moments.put(member, member.look(views));
    }
    moments.put(self, self.look(views));
    Map<Stage, Long> done = new EnumMap<>(Stage.class);
    done.put(Stage.VIEWED, arrivals.complete(Stage.VIEWED));
    done.put(Stage.LABELED, arrivals.complete(Stage.LABELED));
    trainedBefore.entrySet().stream()
        .mapToDouble(entry -> moments.get(entry.getKey()).images() - entry.getValue())
        .min()
        .ifPresent(images -> done.put(Stage.TRAINED, (long) images));
    return new Look(System.nanoTime(), moments, arrivals.sent(), arrivals.rejected(), done);
  }

  /** Asked for each image that is sent, so it is not quite new. */
  private long settled() {
    long now = System.nanoTime();
    if (trainedAt == 0 || now - trainedAt > TimeUnit.MILLISECONDS.toNanos(PAUSE_MILLIS)) {
      trained = (long) trained().orElseGet(() -> arrivals.complete(Stage.LABELED));
      trainedAt = now;
    }
    return trained + arrivals.rejected();
  }

  /** Waits until nothing is under way any more, or nothing moves any more. */
  private void settle() {
    long before = -1;
    long since = System.nanoTime();
    while (true) {
      Look look = look();
      boolean labeled =
          look.done().get(Stage.LABELED) + look.rejected() >= look.sent()
              && look.done().get(Stage.VIEWED) + look.rejected() >= look.sent();
      if (labeled && look.underWay() <= 0) {
        return;
      }
      long progress = look.settled() + look.done().get(Stage.LABELED);
      if (progress != before) {
        before = progress;
        since = System.nanoTime();
      } else if (System.nanoTime() - since > STANDSTILL.toNanos()) {
        return;
      }
      pause(Duration.ofMillis(PAUSE_MILLIS));
    }
  }

  private List<Member> trainers() {
    return rig.members().stream().filter(member -> member.role() == Role.TRAINER).toList();
  }

  private static Feed.Sent await(CompletableFuture<Feed.Sent> sent) {
    try {
      return sent.join();
    } catch (CompletionException e) {
      throw e.getCause() instanceof RuntimeException cause ? cause : e;
    }
  }

  private static void pause(Duration time) {
    try {
      TimeUnit.NANOSECONDS.sleep(time.toNanos());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new StartupException("interrupted", e);
    }
  }
}
