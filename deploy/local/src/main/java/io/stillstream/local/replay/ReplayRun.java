package io.stillstream.local.replay;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.stillstream.augmenter.config.AugmenterConfig;
import io.stillstream.local.exit.CommandFailedException;
import io.stillstream.local.objects.PayloadFetcher;
import io.stillstream.local.terminal.TaskProgress;
import io.stillstream.runtime.lookup.ImageLookup;
import io.stillstream.runtime.lookup.RecordLookup;
import io.stillstream.runtime.lookup.RecordNotFoundException;
import io.stillstream.runtime.records.RecordValueDeserializer;
import io.stillstream.schemas.ImageEvent;
import io.stillstream.schemas.registry.RegistryUnavailableException;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.common.KafkaException;

/**
 * Makes views again that a running system has recorded. Reads committed records only, whatever the
 * settings say; belongs to no group and writes nothing to any topic. For one thread.
 */
public final class ReplayRun implements AutoCloseable {
  private final RecordLookup log;
  private final RecordValueDeserializer<SpecificRecord> views;
  private final RecordValueDeserializer<ImageEvent> images;
  private final PayloadFetcher payloads;
  private final ViewReplayer replayer;
  private final RecordedViewFinder finder;

  /**
   * Opens consumers, and stores of images by reference, with the settings of an augmenter.
   *
   * @param progress is told of records where a topic is looked through
   */
  public ReplayRun(AugmenterConfig config, TaskProgress progress) {
    payloads = new PayloadFetcher(config.fetch());
    Map<String, String> kafka = new TreeMap<>(config.kafka());
    kafka.keySet().removeIf(key -> key.endsWith("isolation.level"));
    // Nothing else is to be done while the registry is away.
    kafka.putIfAbsent("max.retries", "3");
    SimpleMeterRegistry meters = new SimpleMeterRegistry();
    log = new RecordLookup(kafka);
    views = new RecordValueDeserializer<>(SpecificRecord.class, kafka, meters);
    images = new RecordValueDeserializer<>(ImageEvent.class, kafka, meters);
    replayer = new ViewReplayer(new ImageLookup(log, images), payloads, config.maxPixels());
    finder = new RecordedViewFinder(kafka, log, views, progress);
  }

  /**
   * Makes every selected view again, from the first topic that holds any.
   *
   * @param topics those that do not exist are passed over
   * @return how many there were
   * @throws RecordNotFoundException if the one at an offset is not there
   * @throws io.stillstream.runtime.config.StartupException if the one at an offset is no view
   * @throws io.stillstream.local.exit.CommandFailedException if the broker or the registry fails
   */
  public long run(ViewSelection selection, List<String> topics, Consumer<ReplayedView> each) {
    try {
      for (String topic : topics) {
        if (log.exists(topic)) {
          long found = finder.find(selection, topic, view -> each.accept(replayer.replay(view)));
          if (found > 0) {
            return found;
          }
        }
      }
      return 0;
    } catch (RegistryUnavailableException e) {
      throw new CommandFailedException("the schema registry does not answer: " + e.getMessage(), e);
    } catch (KafkaException e) {
      throw new CommandFailedException("the broker does not answer: " + e.getMessage(), e);
    }
  }

  @Override
  public void close() {
    replayer.close();
    views.close();
    images.close();
    log.close();
    payloads.close();
  }
}
