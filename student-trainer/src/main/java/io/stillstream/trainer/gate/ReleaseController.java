package io.stillstream.trainer.gate;

import io.stillstream.schemas.StudentEventKind;
import io.stillstream.trainer.checkpoint.store.PromotionState;
import io.stillstream.trainer.checkpoint.store.TrainerState;
import io.stillstream.trainer.config.TrainerConfig;
import io.stillstream.trainer.config.TrainerConfig.OnTopicChange;
import io.stillstream.trainer.kafka.TopicChange;
import io.stillstream.trainer.publish.ReleasePublisher;
import io.stillstream.trainer.publish.StudentEventPublisher;
import io.stillstream.trainer.release.ReleaseWriter;
import io.stillstream.trainer.status.TrainerStatus;
import io.stillstream.trainer.training.TrainerMetrics;
import io.stillstream.trainer.training.gate.GateDecision;
import java.io.IOException;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * When a release is due, whether it becomes champion, and who is champion now. What the gate says
 * goes into the checkpoint that the release is made from, and counts when that is durable. A person
 * may choose another champion at any time; the link tells, and is followed. Belongs to the loop's
 * thread.
 */
public final class ReleaseController {
  private static final Logger LOG = LoggerFactory.getLogger(ReleaseController.class);
  private static final Duration LOOK = Duration.ofSeconds(1);

  private final TrainerConfig.ReleaseSettings settings;
  private final ReleaseWriter releases;
  private final ReleasePublisher announcer;
  private final StudentEventPublisher events;
  private final TrainerMetrics metrics;
  private final TrainerStatus progress;
  private final BaselineEvaluator yardstick;
  private final LongSupplier nanos;
  private final Map<Integer, Long> from = new HashMap<>();
  private PromotionState contest = PromotionState.begin(0);
  private long version;
  private long step;

  /** Whether a release is due whatever the steps say: one that was put off. */
  private boolean postponed;

  private long lastRelease;
  private long lastLook;

  /** Steps when a person's choice was noticed; of no account after the next release. */
  private long chosenAt;

  /**
   * @param yardstick what challengers have to reach
   * @param nanos a clock for durations
   */
  public ReleaseController(
      TrainerConfig config,
      ReleaseWriter releases,
      ReleasePublisher announcer,
      StudentEventPublisher events,
      TrainerMetrics metrics,
      TrainerStatus progress,
      BaselineEvaluator yardstick,
      LongSupplier nanos) {
    this.settings = config.release();
    this.releases = releases;
    this.announcer = announcer;
    this.events = events;
    this.metrics = metrics;
    this.progress = progress;
    this.yardstick = yardstick;
    this.nanos = nanos;
  }

  /**
   * Goes on from a checkpoint, and makes its release if a crash came between. What a person
   * promoted meanwhile is champion.
   *
   * @param average the student in it
   * @param measured what a release says of it; asked only if there is one to be made
   */
  public void begin(TrainerState saved, byte[] average, Supplier<Map<String, Double>> measured)
      throws IOException {
    if (releases.isDue(saved, average)) {
      releases.publish(saved, average, measured.get());
    }
    begin(saved);
  }

  /** Begins without a checkpoint, or goes on from one whose release is there. */
  public void begin(TrainerState saved) throws IOException {
    releases.repairCurrentLink(saved);
    version = saved.releaseVersion();
    step = saved.releaseStep();
    lastRelease = nanos.getAsLong();
    contest = saved.contest();
    postponed = contest.postponed();
    boolean isRelease = version > 0 && step == saved.steps();
    from.putAll(isRelease ? saved.offsets() : contest.from());
    if (isRelease) {
      // Perhaps once more: no later checkpoint tells whether a broker has it.
      publishGateDecision(saved);
    }
    yardstick.setBaseline(contest.baseline());
    yardstick.restore(contest.trial());
    adoptChampion(saved.steps());
    report();
  }

  /** Where reading a partition began. */
  public void partitionStarted(int partition, long offset) {
    from.putIfAbsent(partition, offset);
  }

  /**
   * Some partitions are read from elsewhere than where the release before ended; with {@code keep}
   * none is, as the offsets are the same.
   */
  public void topicChanged(TopicChange change) {
    if (change.went() == OnTopicChange.KEEP) {
      return;
    }
    if (change.isOtherTopic()) {
      from.keySet().retainAll(change.begins().keySet());
    }
    from.putAll(change.begins());
  }

  /** Whether a release was put off, and has to be made before anything changes the student. */
  public boolean isPostponed() {
    return postponed;
  }

  /** Puts a release off: the next checkpoint says that it is to be made, also after a restart. */
  public void postpone() {
    postponed = true;
  }

  /** Whether a release can be judged at once. */
  public boolean isReady() {
    return yardstick.isReady();
  }

  /**
   * Examines what it takes to judge a release. One that is given up, as the service stops, is put
   * off.
   *
   * @param toTheEnd whether it is not given up
   * @return false if it was given up
   */
  public boolean prepare(boolean toTheEnd) {
    boolean prepared = yardstick.prepare(toTheEnd);
    postponed |= !prepared;
    return prepared;
  }

  /**
   * Whether one was put off, the time has come, or the number of steps. What a person chose stands
   * for a whole interval, so that there is a trial against it.
   */
  public boolean isDue(long steps) {
    boolean late =
        settings.every().isPresent()
            && nanos.getAsLong() - lastRelease >= settings.every().get().toNanos();
    boolean enough =
        chosenAt > step
            ? steps - chosenAt >= settings.everySteps()
            : steps / settings.everySteps() > step / settings.everySteps();
    return postponed || enough || (late && steps > step);
  }

  /** Whether a clean stop has something to release. */
  public boolean isDueAtEnd(long steps) {
    return settings.onStop() && steps > step;
  }

  /** The contest as a checkpoint is to tell it; with a release, as it stands after that. */
  public PromotionState contest(boolean release) {
    if (!release) {
      return new PromotionState(
          contest.champion(),
          contest.baseline(),
          yardstick.save(),
          from,
          contest.verdict(),
          postponed);
    }
    GateDecision verdict = yardstick.decide(contest.baseline());
    long next = version + 1;
    boolean isBest = verdict == null || verdict.leads();
    return new PromotionState(
        verdict == null || verdict.passed() ? next : contest.champion(),
        isBest ? next : contest.baseline(),
        isBest ? "" : yardstick.save(),
        from,
        verdict,
        false);
  }

  /**
   * A checkpoint is durable: what it says of a release counts.
   *
   * @param average the student in it
   */
  public void checkpointDurable(TrainerState state, byte[] average) throws IOException {
    if (state.releaseVersion() == version) {
      return;
    }
    version = state.releaseVersion();
    step = state.releaseStep();
    postponed = false;
    lastRelease = nanos.getAsLong();
    from.putAll(state.offsets());
    long before = contest.baseline();
    contest = state.contest();
    if (contest.baseline() != before) {
      yardstick.setBaseline(contest.baseline(), average, state.steps());
    }
    if (!contest.passed()) {
      metrics.gateFailed();
      LOG.atWarn()
          .addKeyValue("version", version)
          .addKeyValue("verdict", contest.verdict())
          .log("Challenger did not pass the gate");
    }
  }

  /** Makes the release that a durable checkpoint announces. */
  public void publish(TrainerState state, byte[] average, Map<String, Double> measured)
      throws IOException {
    releases.publish(state, average, measured);
    report();
    publishGateDecision(state);
  }

  private void publishGateDecision(TrainerState state) {
    GateDecision verdict = state.contest().verdict();
    if (verdict != null) {
      Map<String, String> details = new TreeMap<>(verdict.facts());
      details.put("version", Long.toString(state.releaseVersion()));
      events.publish(
          verdict.passed() ? StudentEventKind.GATE_PASSED : StudentEventKind.GATE_FAILED,
          state.steps(),
          state.viewsSeen(),
          details);
    }
  }

  /** Tells the world of the champion, if it has not heard. */
  public void announce() throws IOException, InterruptedException {
    announcer.publish(contest.champion());
  }

  /**
   * Looks now and then, and before a release in any case, whether a person chose another champion.
   * Not to be called while a release is unmade.
   */
  public void pollChampion(long steps) {
    long now = nanos.getAsLong();
    if (now - lastLook < LOOK.toNanos() && !isDue(steps)) {
      return;
    }
    lastLook = now;
    try {
      adoptChampion(steps);
    } catch (IOException e) {
      LOG.atDebug().addKeyValue("cause", e.toString()).log("Link to the champion is not readable");
    }
  }

  private void adoptChampion(long steps) throws IOException {
    OptionalLong link = releases.champion();
    if (link.isEmpty() || link.getAsLong() == contest.champion()) {
      return;
    }
    long chosen = link.getAsLong();
    LOG.atInfo()
        .addKeyValue("version", chosen)
        .addKeyValue("before", contest.champion())
        .log("Another champion was chosen");
    contest = new PromotionState(chosen, chosen, "", from, contest.verdict(), false);
    postponed = false;
    yardstick.setBaseline(chosen);
    chosenAt = steps;
    lastRelease = nanos.getAsLong();
    report();
  }

  private void report() {
    progress.released(contest.champion());
    metrics.released(contest.champion());
  }
}
