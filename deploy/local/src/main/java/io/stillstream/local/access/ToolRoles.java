package io.stillstream.local.access;

import static org.apache.kafka.common.acl.AclOperation.ALTER;
import static org.apache.kafka.common.acl.AclOperation.CREATE;
import static org.apache.kafka.common.acl.AclOperation.DESCRIBE;
import static org.apache.kafka.common.acl.AclOperation.DESCRIBE_CONFIGS;
import static org.apache.kafka.common.acl.AclOperation.READ;
import static org.apache.kafka.common.acl.AclOperation.WRITE;

import io.stillstream.local.deadletter.TransactionalReplayProducer;
import io.stillstream.local.erasure.ErasureScan;
import io.stillstream.local.topics.TopicsConfig;
import io.stillstream.runtime.access.RequiredAcl;
import io.stillstream.schemas.topics.TopicSpec;
import io.stillstream.schemas.topics.Topics;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.resource.PatternType;
import org.apache.kafka.common.resource.ResourceType;

/** All roles but those of the services, which know their own. */
public final class ToolRoles {
  private static final List<String> DATA =
      List.of(Topics.IMAGES, Topics.VIEWS, Topics.LABELED_VIEWS);
  private static final List<String> TRACED =
      List.of(
          Topics.IMAGES, Topics.VIEWS, Topics.LABELED_VIEWS, Topics.LABELS, Topics.DEAD_LETTERS);

  private final TopicsConfig topics;

  /**
   * @param topics their names
   */
  public ToolRoles(TopicsConfig topics) {
    this.topics = topics;
  }

  /** The command line tools, in the order of the documentation. */
  public List<Role> tools() {
    return List.of(
        Role.of("topics", topics()),
        Role.of(
            "acls",
            List.of(
                RequiredAcl.cluster(DESCRIBE, "to check what is granted"),
                RequiredAcl.cluster(ALTER, "to grant"))),
        Role.of("ingest", List.of(acl(WRITE, Topics.IMAGES, "images"))),
        Role.of("label", List.of(acl(WRITE, Topics.LABELS, "labels"))),
        Role.of("dead-letters", deadLetters()),
        Role.of("forget", forget()),
        Role.of("replay", reading(DATA, "views, and the images behind them")),
        Role.of(
            "policy-report",
            reading(List.of(Topics.LABELED_VIEWS), "what augmentation does to the answers")),
        Role.of("trace", reading(TRACED, "what became of an image")),
        Role.of("policy-tune", reading(List.of(Topics.IMAGES), "the sample")),
        Role.of(
            "releases",
            List.of(
                acl(READ, Topics.STUDENT_RELEASES, "releases"),
                acl(WRITE, Topics.STUDENT_RELEASES, "to promote one, and to roll back"))));
  }

  /**
   * What KEDA needs to scale services by their lag: to describe what they read, and their groups.
   */
  public static Role keda(List<List<RequiredAcl>> services) {
    List<RequiredAcl> needed = new ArrayList<>();
    for (List<RequiredAcl> service : services) {
      service.stream()
          .filter(p -> p.type() == ResourceType.TOPIC && p.operation() == READ)
          .limit(1)
          .forEach(p -> needed.add(RequiredAcl.topic(DESCRIBE, p.name(), "the lag")));
      service.stream()
          .filter(p -> p.type() == ResourceType.GROUP)
          .forEach(
              p ->
                  needed.add(
                      new RequiredAcl(
                          DESCRIBE, p.type(), p.name(), PatternType.LITERAL, "the lag")));
    }
    return Role.of("keda", needed);
  }

  private List<RequiredAcl> topics() {
    List<RequiredAcl> needed = new ArrayList<>();
    for (TopicSpec spec : topics.specs()) {
      needed.add(RequiredAcl.topic(CREATE, spec.name(), "to make it"));
      needed.add(RequiredAcl.topic(DESCRIBE, spec.name(), "to see whether it is there"));
      needed.add(RequiredAcl.topic(DESCRIBE_CONFIGS, spec.name(), "to compare its settings"));
    }
    return needed;
  }

  private List<RequiredAcl> deadLetters() {
    List<RequiredAcl> needed = new ArrayList<>();
    needed.add(acl(READ, Topics.DEAD_LETTERS, "dead letters"));
    needed.addAll(reading(DATA, "records that dead letters refer to"));
    needed.add(acl(READ, Topics.DEAD_LETTER_REPLAYS, "what has been replayed"));
    needed.add(acl(WRITE, Topics.DEAD_LETTER_REPLAYS, "replay: that it has been done"));
    for (String name : DATA) {
      if (topics.isReplayed(name)) {
        needed.add(acl(WRITE, name, "replay: to the source topics"));
        needed.add(acl(DESCRIBE_CONFIGS, name, "replay: the largest record"));
      }
    }
    needed.add(
        RequiredAcl.transaction(TransactionalReplayProducer.id(topics), "replay: all or nothing"));
    return needed;
  }

  private List<RequiredAcl> forget() {
    List<RequiredAcl> needed = new ArrayList<>();
    needed.add(acl(WRITE, Topics.FORGOTTEN, "the request"));
    needed.add(acl(DESCRIBE_CONFIGS, Topics.FORGOTTEN, "whether it lasts"));
    needed.add(acl(READ, Topics.STUDENT_EVENTS, "what trainers answer"));
    needed.addAll(
        reading(
            List.of(Topics.STUDENT_PROGRESS, Topics.STUDENT_RELEASES), "which students there are"));
    for (String name : ErasureScan.TOPICS) {
      needed.add(acl(READ, name, "whether it holds the image"));
      needed.add(acl(DESCRIBE_CONFIGS, name, "until when"));
    }
    return needed;
  }

  private List<RequiredAcl> reading(List<String> names, String use) {
    return names.stream().map(name -> acl(READ, name, use)).toList();
  }

  private RequiredAcl acl(AclOperation operation, String defaultName, String use) {
    return RequiredAcl.topic(operation, topics.nameOf(defaultName), use);
  }
}
