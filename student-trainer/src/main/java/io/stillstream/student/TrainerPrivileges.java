package io.stillstream.student;

import io.stillstream.page.PageTopics;
import io.stillstream.runtime.access.Privilege;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.apache.kafka.common.acl.AclOperation;

/** What the trainer must be allowed to do, and no more. */
final class TrainerPrivileges {
  private TrainerPrivileges() {}

  static List<Privilege> of(TrainerConfig config) {
    TrainerConfig.TopicNames topics = config.topics();
    List<Privilege> needed = new ArrayList<>();
    needed.add(Privilege.topic(AclOperation.READ, config.source(), "what the student learns from"));
    needed.add(Privilege.topic(AclOperation.READ, topics.forgotten(), "what is to be forgotten"));
    config
        .evaluation()
        .heldOutTopic()
        .ifPresent(
            topic ->
                needed.add(
                    Privilege.topic(
                        AclOperation.READ, topic, "evaluation.held-out-topic: examples")));
    needed.add(Privilege.topic(AclOperation.WRITE, topics.studentReleases(), "releases"));
    needed.add(Privilege.topic(AclOperation.WRITE, topics.studentProgress(), "progress"));
    needed.add(Privilege.topic(AclOperation.WRITE, topics.studentEvents(), "events"));
    needed.add(Privilege.topic(AclOperation.WRITE, topics.deadLetters(), "dead letters"));
    needed.add(
        Privilege.topic(AclOperation.DESCRIBE_CONFIGS, topics.deadLetters(), "the largest letter"));
    needed.add(Privilege.group(config.groupId(), "to commit, for dashboards"));
    return List.copyOf(needed);
  }

  /** What the page looks at; where it may not, it shows less. */
  static List<Privilege> ofPage(PageTopics topics) {
    return Stream.of(
            topics.images(),
            topics.views(),
            topics.labeledViews(),
            topics.studentReleases(),
            topics.studentEvents(),
            topics.deadLetters())
        .distinct()
        .map(topic -> Privilege.topic(AclOperation.READ, topic, "the live page"))
        .toList();
  }
}
