package io.stillstream.labeler;

import io.micrometer.core.instrument.MeterRegistry;
import io.stillstream.labeler.batching.DeviceBatchLimits;
import io.stillstream.labeler.config.LabelerConfig;
import io.stillstream.labeler.inference.BatchInferencer;
import io.stillstream.labeler.inference.BrokenTeacherException;
import io.stillstream.labeler.inference.InferencePipeline;
import io.stillstream.labeler.inference.LabelingTaskFactory;
import io.stillstream.labeler.input.BatchingConsumer;
import io.stillstream.labeler.input.DynamicBatcher;
import io.stillstream.labeler.kafka.LabelerClientSettings;
import io.stillstream.labeler.kafka.MeteredProducerFactory;
import io.stillstream.labeler.membership.GroupMember;
import io.stillstream.labeler.metrics.LabelerMetrics;
import io.stillstream.labeler.metrics.MicrometerLabelerMetrics;
import io.stillstream.labeler.metrics.MicrometerTeacherPoolMetrics;
import io.stillstream.labeler.model.TeacherLoader;
import io.stillstream.labeler.model.TeacherUnavailableException;
import io.stillstream.labeler.output.AnswerEncoder;
import io.stillstream.labeler.output.CommitController;
import io.stillstream.labeler.output.PendingCommit;
import io.stillstream.labeler.output.ResultEncoder;
import io.stillstream.labeler.output.TransactionalProducer;
import io.stillstream.labeler.preprocess.ViewPreprocessor;
import io.stillstream.labeler.progress.LabelBudgetProvider;
import io.stillstream.labeler.quarantine.CrashQuarantine;
import io.stillstream.labeler.reload.TeacherReloader;
import io.stillstream.labeler.result.ViewResult;
import io.stillstream.labeler.status.LabelerHealth;
import io.stillstream.labeler.teachers.TeacherLease;
import io.stillstream.labeler.teachers.TeacherPool;
import io.stillstream.runtime.access.AccessMonitor;
import io.stillstream.runtime.kafka.KafkaSettings;
import io.stillstream.runtime.kafka.MaxRecordSize;
import io.stillstream.runtime.metrics.FailSafeMetrics;
import io.stillstream.runtime.metrics.ServiceMetrics;
import io.stillstream.runtime.records.DeadLetterFactory;
import io.stillstream.runtime.records.RecordValueDeserializer;
import io.stillstream.runtime.records.RecordValueSerializer;
import io.stillstream.runtime.records.UnexpectedFailurePolicy;
import io.stillstream.runtime.service.CloseableStack;
import io.stillstream.schemas.AugmentedView;
import io.stillstream.schemas.LabeledView;
import java.time.InstantSource;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/** What the labeler has open; each resource is on the stack, which closes it. */
final class LabelerResources {
  private static final Logger log = LoggerFactory.getLogger(LabelerResources.class);
  private static final String NAME = "teacher-labeler";

  private final LabelerConfig config;
  private final LabelerClientSettings clients;
  private final MeterRegistry registry;
  private final CloseableStack stack;
  private final LongSupplier nanoTime = System::nanoTime;
  private final InstantSource clock = InstantSource.system();

  private final TeacherReloader reloader;
  private final AccessMonitor access;
  private final LabelBudgetProvider budget;
  private final BatchingConsumer consumer;
  private final LabelerLoop loop;

  /**
   * Opens everything and starts nothing that labels.
   *
   * @throws io.stillstream.runtime.config.StartupException if it cannot run as configured
   */
  LabelerResources(
      LabelerConfig config,
      LabelerClientSettings clients,
      MeterRegistry registry,
      TeacherLoader loader,
      List<TeacherReloader.Entry> teacherEntries,
      CloseableStack stack) {
    this.config = config;
    this.clients = clients;
    this.registry = registry;
    this.stack = stack;
    this.reloader =
        stack.push(
            TeacherReloader.open(
                teacherEntries,
                loader,
                stack::requireOpen,
                new MicrometerTeacherPoolMetrics(registry),
                clock,
                nanoTime));
    TeacherPool teachers = reloader.pool();
    AnswerEncoder answers = new AnswerEncoder(teachers.output(), config.labels().topLogits());
    int lanes = lanes(teachers);
    LabelerMetrics metrics =
        FailSafeMetrics.of(
            LabelerMetrics.class,
            new MicrometerLabelerMetrics(registry, config.batch().maxSize() * (lanes + 3)));
    this.access = stack.push(new AccessMonitor(config.kafka(), config.requiredAcls()));
    this.budget = stack.push(LabelBudgetProvider.open(config, clients, registry, clock));
    LabelingTaskFactory labeler = labeler(teachers::acquire, answers, metrics);
    InferencePipeline pipeline =
        stack.push(new InferencePipeline(labeler, config.decodeThreads(), lanes));
    this.consumer = consumer(metrics);
    CommitController commits = commits(metrics);
    GroupMember member = new GroupMember(consumer, commits, clients.keepAliveEvery(), nanoTime);
    this.loop = new LabelerLoop(consumer, pipeline, commits, member, access, metrics);
  }

  TeacherReloader reloader() {
    return reloader;
  }

  AccessMonitor access() {
    return access;
  }

  LabelerLoop loop() {
    return loop;
  }

  /**
   * The health checks.
   *
   * @param running whether the loop's thread is running
   */
  LabelerHealth health(BooleanSupplier running) {
    return new LabelerHealth(
        loop::status,
        nanoTime,
        running,
        clients.maxPollInterval(),
        consumer::secondsSinceHeartbeat,
        reloader::check,
        access::check,
        budget.check());
  }

  private LabelingTaskFactory labeler(
      Supplier<TeacherLease> teachers, AnswerEncoder answers, LabelerMetrics metrics) {
    RecordValueDeserializer<AugmentedView> reader =
        stack.push(new RecordValueDeserializer<>(AugmentedView.class, clients.serde(), registry));
    RecordValueSerializer<LabeledView> writer =
        stack.push(new RecordValueSerializer<>(clients.serde(), registry));
    String labels = config.topics().labeledViews();
    String deadLetters = config.topics().deadLetters();
    return new LabelingTaskFactory(
        teachers,
        new ViewPreprocessor(budget.budget(), reader),
        new BatchInferencer(config.batch().sizes(), deviceLimits(metrics), metrics, nanoTime),
        new ResultEncoder(
            answers,
            writer,
            labels,
            maxRecordSize(labels),
            new DeadLetterFactory(deadLetters, NAME, registry, maxRecordSize(deadLetters))
                .preregister(
                    Stream.of(ViewResult.Reason.values()).map(ViewResult.Reason::tag).toList()),
            clock),
        new UnexpectedFailurePolicy(
            config.maxConsecutiveFailures(),
            List.of(BrokenTeacherException.class, TeacherUnavailableException.class)),
        stack.push(
            CrashQuarantine.open(config.stateDirectory(), config.transactionalId(), metrics)),
        () -> reader.registryKnows(config.topics().views()));
  }

  private BatchingConsumer consumer(LabelerMetrics metrics) {
    Consumer<byte[], byte[]> client =
        // The loop closes it too, if it comes to run; a second time does nothing.
        stack.push(KafkaSettings.client(() -> new KafkaConsumer<>(clients.consumer())));
    stack.push(ServiceMetrics.bindKafka(client, registry));
    return new BatchingConsumer(
        client,
        clients.offsetReset(),
        config.topics().views(),
        new DynamicBatcher(config.batch().maxSize(), config.batch().maxDelay(), nanoTime),
        metrics);
  }

  private CommitController commits(LabelerMetrics metrics) {
    return new CommitController(
        new TransactionalProducer(
            stack.push(new MeteredProducerFactory(clients.producer(), registry))),
        new PendingCommit(config.commitInterval(), nanoTime),
        metrics,
        clock);
  }

  private int maxRecordSize(String topic) {
    return MaxRecordSize.of(topic, config.kafka(), clients.maxRequestSize());
  }

  private DeviceBatchLimits deviceLimits(LabelerMetrics metrics) {
    int largest = config.batch().sizes().largest();
    return new DeviceBatchLimits(
        largest,
        config.batch().growAfter(),
        (device, limit, before) -> {
          metrics.batchCap(device, limit < largest ? limit : 0);
          log.atLevel(limit < before ? Level.WARN : Level.INFO)
              .addKeyValue("device", device)
              .addKeyValue("cap", limit)
              .addKeyValue("before", before)
              .log(
                  limit < before
                      ? "out of memory: the device gets smaller batches for a while"
                      : "the device gets larger batches again");
        },
        nanoTime);
  }

  private static int lanes(TeacherPool teachers) {
    try (TeacherLease lease = teachers.acquire()) {
      return lease.lanes();
    }
  }
}
