package io.stillstream.labeler;

import static org.assertj.core.api.Assertions.assertThat;

import io.stillstream.schemas.LabeledView;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Two labelers, processes of their own, to which the worst happens while views keep coming: in the
 * end each view has been labelled once. {@code -Dchaos.events=50 -Dchaos.views=20000} makes it
 * long, {@code -Dchaos.seed=…} another one.
 */
@Tag("test-environment")
@ExtendWith(LabelerTestCluster.Extension.class)
class LabelerChaosIT {
  private static final Logger log = LoggerFactory.getLogger(LabelerChaosIT.class);
  private static final int PARTITIONS = 4;
  private static final int BATCH = 8;
  private static final int BURST = 40;

  /** A frozen instance loses both its transaction and its place in the group after 3 s. */
  private static final Map<String, String> SHORT_LEASH =
      Map.of(
          "session.timeout.ms", "3000",
          "heartbeat.interval.ms", "300",
          "producer.transaction.timeout.ms", "2500");

  @Test
  void shouldLabelEachViewOnceWhateverHappensToTheInstances(LabelerTestCluster cluster)
      throws Exception {
    // given
    int views = Integer.getInteger("chaos.views", 4000);
    ChaosPlan plan =
        ChaosPlan.of(Long.getLong("chaos.seed", 4), Integer.getInteger("chaos.events", 6), views);
    log.atInfo().addKeyValue("plan", plan).log("chaos begins");
    LabelerTestTopics topics = cluster.topics(PARTITIONS);
    AtomicInteger sent = new AtomicInteger();

    // when
    try (LabelerBrokerProbe watch = new LabelerBrokerProbe(topics, PARTITIONS);
        ChaosInstance first = instance(topics, 0);
        ChaosInstance second = instance(topics, 1);
        ChaosInstance guest = instance(topics, 2)) {
      ExecutorService feeder = Executors.newSingleThreadExecutor();
      List<ChaosInstance> pair = List.of(first, second);
      pair.forEach(instance -> start(instance, watch));
      pair.forEach(instance -> watch.awaitMember(instance.id()));
      for (ChaosPlan.Event event : plan.events()) {
        long written = watch.written();
        Future<?> feeding = feeder.submit(() -> feed(topics, sent, plan.share()));
        watch.awaitGrowth(written, event.after());
        log.atInfo().addKeyValue("event", event).addKeyValue("sent", sent).log("chaos");
        happen(event, pair.get(event.instance()), guest, watch);
        await(feeding);
        pair.forEach(ChaosInstance::requireAlive);
      }
      feed(topics, sent, views - sent.get());
      feeder.shutdown();
      topics.labeled(soFar -> soFar.size() >= views, Duration.ofMinutes(2));
      pair.forEach(ChaosInstance::leave);
      if (guest.isRunning()) {
        guest.leave();
      }
      watch.awaitNothingOpen();
    }

    // then
    int records = topics.all(topics.names().labeledViews()).size();
    List<Long> lineages =
        topics.labeled(soFar -> soFar.size() >= records).stream()
            .map(LabeledView::getView)
            .map(view -> view.getLineage().getOriginOffset())
            .toList();
    assertThat(lineages)
        .as("seed %d", plan.seed())
        .hasSize(views)
        .doesNotHaveDuplicates()
        .allMatch(lineage -> lineage >= 0 && lineage < views);
    assertThat(topics.all(topics.names().deadLetters())).isEmpty();
  }

  private static ChaosInstance instance(LabelerTestTopics topics, int number) {
    return new ChaosInstance(
        topics.config("linear", number, BATCH, SHORT_LEASH), topics.cluster().directory());
  }

  private static void happen(
      ChaosPlan.Event event,
      ChaosInstance instance,
      ChaosInstance guest,
      LabelerBrokerProbe watch) {
    switch (event.kind()) {
      case KILL -> {
        instance.kill();
        start(instance, watch);
      }
      case FREEZE -> {
        watch.awaitMember(instance.id());
        instance.freeze();
        watch.awaitGivenUp(instance.id());
        instance.resume();
      }
      case RESTART -> {
        instance.leave();
        start(instance, watch);
      }
      case EXTRA_INSTANCE -> {
        if (guest.isRunning()) {
          guest.leave();
        } else {
          start(guest, watch);
          watch.awaitMember(guest.id());
        }
      }
    }
  }

  private static void start(ChaosInstance instance, LabelerBrokerProbe watch) {
    watch.noteMember(instance.id());
    instance.start();
  }

  private static void feed(LabelerTestTopics topics, AtomicInteger sent, int count) {
    for (int left = count; left > 0; left -= BURST) {
      int burst = Math.min(BURST, left);
      topics.sendViews(sent.getAndAdd(burst), burst);
    }
  }

  private static void await(Future<?> feeding) throws InterruptedException {
    try {
      feeding.get();
    } catch (ExecutionException e) {
      throw new AssertionError("views could not be sent", e.getCause());
    }
  }
}
