package io.stillstream.student;

import io.micrometer.core.instrument.MeterRegistry;
import io.stillstream.runtime.ModelSpec;
import io.stillstream.student.exam.HeldOutFiles;
import io.stillstream.student.training.BatchBuilder;
import io.stillstream.student.training.ExamSet;
import io.stillstream.student.training.View;
import io.stillstream.student.training.ViewExam;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.kafka.clients.consumer.Consumer;

/** What the student is examined on: examples from a directory and from a topic. */
final class HeldOut {
  private final TrainerConfig config;
  private final Clients clients;
  private final ModelSpec model;
  private final BatchBuilder batches;

  HeldOut(TrainerConfig config, Clients clients, ModelSpec model, BatchBuilder batches) {
    this.config = config;
    this.clients = clients;
    this.model = model;
    this.batches = batches;
  }

  /** Reads all of it; empty if nothing is held out. */
  Optional<ExamSet> read(MeterRegistry registry) {
    List<View> views = new ArrayList<>();
    int most = config.evaluation().heldOutImages();
    config
        .evaluation()
        .heldOut()
        .ifPresent(directory -> views.addAll(new HeldOutFiles(model, most).read(directory)));
    if (config.evaluation().heldOutTopic().isPresent()) {
      try (Consumer<byte[], byte[]> consumer = clients.consumer();
          ViewSource examples = ViewSource.open(config, registry)) {
        views.addAll(
            new HeldOutTopic(consumer, examples, new Examiner(model, batches))
                .read(config.evaluation().heldOutTopic().get(), most));
      }
    }
    return views.isEmpty()
        ? Optional.empty()
        : Optional.of(new ViewExam(views, batches, config.batch().size()));
  }
}
