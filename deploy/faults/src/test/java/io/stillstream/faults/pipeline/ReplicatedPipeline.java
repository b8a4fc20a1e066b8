package io.stillstream.faults.pipeline;

import static io.stillstream.faults.pipeline.PipelineUnderTest.await;

import io.stillstream.embedded.pipeline.PipelineService;
import io.stillstream.embedded.process.JavaProcess;
import io.stillstream.embedded.process.PipelineProcesses;
import io.stillstream.embedded.process.ServiceProcess;
import io.stillstream.faults.audit.CheckpointAndLedger;
import io.stillstream.faults.input.ImageRecordFactory;
import io.stillstream.faults.input.ImageRecordSender;
import io.stillstream.faults.input.RecordKind;
import io.stillstream.runtime.kafka.KafkaSettings;
import io.stillstream.schemas.topics.TopicSpec;
import io.stillstream.schemas.topics.Topics;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.TopicPartition;

/**
 * A second pipeline, on a cluster of three brokers, beside the one under test. Its registry is that
 * one's. {@code images}, {@code views} and {@code labeled-views} have replicas; all other topics
 * are on node 1 only.
 */
public final class ReplicatedPipeline implements AutoCloseable {
  public static final List<String> REPLICATED =
      List.of(Topics.IMAGES, Topics.VIEWS, Topics.LABELED_VIEWS);

  private static final int PARTITIONS = 2;
  private static final List<String> OPTIONS = List.of("-XX:TieredStopAtLevel=1");
  private static final List<String> HEAP = List.of("-Xmx256m");

  private final BrokerCluster cluster;
  private final Map<String, String> clients;
  private final FaultSettingsFiles files;
  private final ServiceProcess augmenter;
  private final ServiceProcess labeler;
  private final ServiceProcess trainer;
  private final Admin admin;
  private final Path home;
  private ImageRecordSender sender;

  /** Of images that were sent before records were lost: their offsets have others now. */
  private long earlierViews;

  /**
   * Starts it, and returns when all is ready.
   *
   * @param name of its directory
   * @param replicas nodes of the topics with replicas, the preferred leader first
   * @param settings of these topics
   */
  public ReplicatedPipeline(
      PipelineUnderTest other, String name, List<Integer> replicas, Map<String, String> settings) {
    Path directory = other.files().directory().resolve(name);
    home = other.files().home();
    cluster = new BrokerCluster(directory);
    clients = new TreeMap<>(other.clients());
    clients.put("bootstrap.servers", cluster.bootstrapServers());
    files =
        new FaultSettingsFiles(
            home, directory, cluster.bootstrapServers(), clients.get("schema.registry.url"));
    PipelineProcesses processes = new PipelineProcesses(home, directory, OPTIONS);
    augmenter = service(processes, PipelineService.AUGMENTER, "augmenter-0");
    labeler = service(processes, PipelineService.LABELER, "labeler-0");
    trainer = service(processes, PipelineService.TRAINER, "trainer");
    admin = Admin.create(KafkaSettings.admin(clients));
    sender = new ImageRecordSender(new ImageRecordFactory(home, clients), clients);
    try {
      makeTopics(replicas, settings);
      files.augmenter();
      files.labeler();
      files.trainer();
      services().forEach(service -> service.process().start());
      awaitReady();
    } catch (RuntimeException | Error e) {
      close();
      throw e;
    }
  }

  private static ServiceProcess service(
      PipelineProcesses processes, PipelineService service, String name) {
    return processes.service(service, name, HEAP, OptionalInt.empty());
  }

  private void makeTopics(List<Integer> replicas, Map<String, String> settings) {
    List<NewTopic> topics =
        Topics.catalogue().stream()
            .map(
                spec ->
                    REPLICATED.contains(spec.name())
                        ? topic(spec, PARTITIONS, replicas, settings)
                        : topic(spec, 1, List.of(1), Map.of()))
            .toList();
    await("topics")
        .ignoreExceptionsInstanceOf(ExecutionException.class)
        .until(
            () -> {
              admin.createTopics(topics).all().get();
              return true;
            });
  }

  private static NewTopic topic(
      TopicSpec spec, int partitions, List<Integer> replicas, Map<String, String> settings) {
    Map<String, String> all = new HashMap<>(spec.settings());
    all.putAll(settings);
    Map<Integer, List<Integer>> places =
        IntStream.range(0, partitions)
            .boxed()
            .collect(Collectors.toMap(partition -> partition, partition -> replicas));
    return new NewTopic(spec.name(), places).configs(all);
  }

  public BrokerCluster cluster() {
    return cluster;
  }

  public Admin admin() {
    return admin;
  }

  public Map<String, String> clients() {
    return clients;
  }

  public FaultSettingsFiles files() {
    return files;
  }

  public ImageRecordSender sender() {
    return sender;
  }

  public ServiceProcess augmenter() {
    return augmenter;
  }

  public ServiceProcess labeler() {
    return labeler;
  }

  public ServiceProcess trainer() {
    return trainer;
  }

  public List<ServiceProcess> services() {
    return List.of(augmenter, labeler, trainer);
  }

  public Path trainerDirectory() {
    return files.trainerDirectory();
  }

  /** Waits until all three are ready. */
  public void awaitReady() {
    await("the second pipeline is ready")
        .failFast(
            "a service has ended, see its log",
            () -> !services().stream().allMatch(service -> service.process().isAlive()))
        .until(() -> services().stream().allMatch(ServiceProcess::isReady));
  }

  /** Sends so many images at least, and waits until all of them are trained and saved. */
  public void trainOn(int images, int rate) {
    long first = sender.count();
    sender.start(rate);
    await(images + " images are sent").until(() -> sender.count() - first >= images);
    sender.stop();
    awaitSaved();
  }

  /** Waits until each view of the good images that were sent is trained and saved. */
  public void awaitSaved() {
    long views = views();
    await("all " + views + " views of the second pipeline are trained and saved")
        .failFast("the trainer has ended, see its log", () -> !trainer.process().isAlive())
        .until(() -> CheckpointAndLedger.viewsSeen(trainerDirectory()) >= views);
  }

  /** To be called when brokers have lost images, before others get their offsets. */
  public void recordsLost() {
    earlierViews = views();
    sender.close();
    sender = new ImageRecordSender(new ImageRecordFactory(home, clients), clients);
  }

  /** How many views the good images that were sent have, lost ones included. */
  public long views() {
    return earlierViews
        + FaultSettingsFiles.VIEWS
            * sender.sent().values().stream().filter(kind -> kind == RecordKind.GOOD).count();
  }

  /** All partitions with replicas. */
  public Set<TopicPartition> partitions() {
    return REPLICATED.stream()
        .flatMap(
            topic ->
                IntStream.range(0, PARTITIONS)
                    .mapToObj(partition -> new TopicPartition(topic, partition)))
        .collect(Collectors.toSet());
  }

  /** Waits until these nodes, and no others, are in sync in all partitions with replicas. */
  public void awaitInSync(Set<Integer> nodes) {
    await("in sync: " + nodes)
        .ignoreExceptionsInstanceOf(ExecutionException.class)
        .until(
            () ->
                admin.describeTopics(REPLICATED).allTopicNames().get().values().stream()
                    .flatMap(topic -> topic.partitions().stream())
                    .allMatch(
                        partition ->
                            partition.isr().stream()
                                .map(Node::id)
                                .collect(Collectors.toSet())
                                .equals(nodes)));
  }

  @Override
  public void close() {
    sender.close();
    services().stream().map(ServiceProcess::process).forEach(JavaProcess::close);
    admin.close();
    cluster.close();
  }
}
