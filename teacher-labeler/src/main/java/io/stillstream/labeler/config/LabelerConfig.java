package io.stillstream.labeler.config;

import io.stillstream.labeler.batching.BatchBuckets;
import io.stillstream.runtime.access.RequiredAcl;
import io.stillstream.runtime.config.Default;
import io.stillstream.runtime.config.SettingRanges;
import io.stillstream.runtime.http.ManagementSettings;
import io.stillstream.runtime.kafka.ClientIds;
import io.stillstream.runtime.metrics.MetricsSettings;
import io.stillstream.runtime.openlineage.OpenLineageSettings;
import io.stillstream.runtime.records.UnexpectedFailurePolicy;
import io.stillstream.runtime.startup.StartSettings;
import io.stillstream.schemas.topics.TopicPrefix;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Settings of the labeler; docs/settings.md describes each.
 *
 * @param kafka passed to clients, serialiser and registry client verbatim
 * @param topics names of topics
 * @param groupId consumer group
 * @param instanceId name of this instance, unique within the group and the same after a restart
 * @param teacher model directory, its file, a directory of such directories, or a server's model
 * @param teachers several teachers, whose answers are averaged, in place of one
 * @param reload when to poll for newer models
 * @param libraries shared libraries that modules need beside libtorch
 * @param batch when a batch closes
 * @param label which images are labelled
 * @param labels how records keep the teachers' answers
 * @param commitInterval how long a transaction stays open
 * @param threads libtorch's threads within an operator
 * @param devices {@code auto}, {@code cpu}, or GPUs as {@code gpu0,gpu1}
 * @param streamsPerDevice batches that a device works on at a time
 * @param decodeThreads threads that decode views and prepare batches
 * @param stateDirectory state that has to outlive the process: which views are in native code
 * @param maxConsecutiveFailures views that fail unexpectedly one after another until the service
 *     ends; 0 for no limit
 * @param start how long the start waits for what is away
 * @param metrics where metrics go beside the management endpoint
 * @param openlineage where runs are reported; nothing is reported unless it is given
 * @param management where the management endpoint listens
 */
public record LabelerConfig(
    Map<String, String> kafka,
    TopicNames topics,
    @Default(value = "teacher-labeler", prefixed = true) String groupId,
    @Default("0") String instanceId,
    Optional<TeacherSettings> teacher,
    @Default("[]") List<TeacherSettings> teachers,
    ReloadSettings reload,
    @Default("[]") List<Path> libraries,
    BatchSettings batch,
    LabelBudgetSettings label,
    AnswerSettings labels,
    @Default("200ms") Duration commitInterval,
    @Default("1") int threads,
    @Default("{port: 9402}") ManagementSettings management,
    @Default("auto") String devices,
    @Default("1") int streamsPerDevice,
    @Default("1") int decodeThreads,
    @Default("/tmp/stillstream-labeler") Path stateDirectory,
    @Default("100") int maxConsecutiveFailures,
    StartSettings start,
    MetricsSettings metrics,
    Optional<OpenLineageSettings> openlineage) {

  /** A longer transaction would come near the broker's default time-out, a minute. */
  private static final Duration LONGEST_COMMIT_INTERVAL = Duration.ofSeconds(20);

  /** Names as {@code TorchDevice} has them. */
  private static final Pattern DEVICES = Pattern.compile("auto|cpu|gpu\\d{1,3}(, ?gpu\\d{1,3})*");

  public LabelerConfig {
    kafka = ClientIds.withDefault(kafka, groupId + "-" + instanceId);
    teachers = List.copyOf(teachers);
    libraries = List.copyOf(libraries);
    if (teacher.isPresent() && !teachers.isEmpty()) {
      throw new IllegalArgumentException("teacher must be left out where teachers are listed");
    }
    if (teacher.isEmpty() && teachers.isEmpty()) {
      throw new IllegalArgumentException("teacher is required, or a list of teachers");
    }
    SettingRanges.requireText("group-id", groupId);
    SettingRanges.requireText("instance-id", instanceId);
    if (commitInterval.isNegative() || commitInterval.compareTo(LONGEST_COMMIT_INTERVAL) > 0) {
      throw new IllegalArgumentException(
          "commit-interval must be between 0s and 20s, was " + commitInterval.toMillis() + "ms");
    }
    SettingRanges.requireAtLeast(1, "threads", threads);
    if (!DEVICES.matcher(devices).matches()) {
      throw new IllegalArgumentException(
          "devices must be auto, cpu or GPUs such as gpu0,gpu1, was " + devices);
    }
    SettingRanges.requireAtLeast(1, "streams-per-device", streamsPerDevice);
    SettingRanges.requireAtLeast(1, "decode-threads", decodeThreads);
    int unused = UnexpectedFailurePolicy.requireLimit(maxConsecutiveFailures);
  }

  /** What the labeler must be allowed to do at the brokers. */
  public List<RequiredAcl> requiredAcls() {
    return LabelerAcls.of(this);
  }

  /** The producer's transactional id, and with it this instance's identity to the broker. */
  public String transactionalId() {
    return groupId + "-" + instanceId;
  }

  /** The teachers, from either setting. */
  public List<TeacherSettings> entries() {
    return teacher.map(List::of).orElse(teachers);
  }

  /** Topics that have to exist, by the keys that name them. */
  public Map<String, String> topicsInUse() {
    Map<String, String> inUse = new HashMap<>();
    inUse.put("views", topics.views);
    inUse.put("labeled-views", topics.labeledViews);
    inUse.put("dead-letters", topics.deadLetters);
    if (label.adaptive().isPresent()) {
      inUse.put("student-progress", topics.studentProgress);
    }
    return inUse;
  }

  /** How often to poll for newer models; zero for only on request. */
  public record ReloadSettings(@Default("10s") Duration every) {
    public ReloadSettings {
      SettingRanges.requireNotNegative("every", every);
    }
  }

  /**
   * Names of the topics that the labeler reads and writes.
   *
   * @param prefix before the default names, these and the group's
   */
  public record TopicNames(
      @Default("''") String prefix,
      @Default(value = "views", prefixed = true) String views,
      @Default(value = "labeled-views", prefixed = true) String labeledViews,
      @Default(value = "student-progress", prefixed = true) String studentProgress,
      @Default(value = "dead-letters", prefixed = true) String deadLetters) {
    public TopicNames {
      // The message of the prefix names the setting.
      var unused = new TopicPrefix(prefix);
    }
  }

  /**
   * A batch closes at this size, or when its oldest view has waited this long, and is padded to the
   * next bucket if there are any. The limit of a device that has run out of memory grows again
   * after this time; zero for never.
   */
  public record BatchSettings(
      @Default("128") int maxSize,
      @Default("50ms") Duration maxDelay,
      @Default("[]") List<Integer> buckets,
      @Default("1m") Duration growAfter) {
    public BatchSettings {
      buckets = new BatchBuckets(maxSize, buckets).buckets();
      SettingRanges.requireNotNegative("max-delay", maxDelay);
      SettingRanges.requireNotNegative("grow-after", growAfter);
    }

    public BatchBuckets sizes() {
      return new BatchBuckets(maxSize, buckets);
    }
  }
}
