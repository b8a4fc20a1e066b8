package io.stillstream.trainer.config;

import io.stillstream.runtime.access.RequiredAcl;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.common.acl.AclOperation;

/** What the trainer must be allowed to do, and no more. */
final class TrainerAcls {
  private TrainerAcls() {}

  static List<RequiredAcl> of(TrainerConfig config) {
    TrainerTopics topics = config.topics();
    List<RequiredAcl> needed = new ArrayList<>();
    needed.add(
        RequiredAcl.topic(AclOperation.READ, config.source(), "what the student learns from"));
    needed.add(RequiredAcl.topic(AclOperation.READ, topics.forgotten(), "what is to be forgotten"));
    if (config.labels().enabled()) {
      needed.add(
          RequiredAcl.topic(AclOperation.READ, topics.labels(), "labels.enabled: late labels"));
    }
    config
        .evaluation()
        .heldOutTopic()
        .ifPresent(
            topic ->
                needed.add(
                    RequiredAcl.topic(
                        AclOperation.READ, topic, "evaluation.held-out-topic: examples")));
    needed.add(RequiredAcl.topic(AclOperation.WRITE, topics.studentReleases(), "releases"));
    needed.add(RequiredAcl.topic(AclOperation.WRITE, topics.studentProgress(), "progress"));
    needed.add(RequiredAcl.topic(AclOperation.WRITE, topics.studentEvents(), "events"));
    if (config.review().isEnabled()) {
      String topic = topics.reviewRequests();
      needed.add(RequiredAcl.topic(AclOperation.WRITE, topic, "review: requests"));
      needed.add(RequiredAcl.topic(AclOperation.READ, topic, "review: what is requested already"));
    }
    needed.add(RequiredAcl.topic(AclOperation.WRITE, topics.deadLetters(), "dead letters"));
    needed.add(
        RequiredAcl.topic(
            AclOperation.DESCRIBE_CONFIGS, topics.deadLetters(), "the largest dead letter"));
    needed.add(RequiredAcl.group(config.groupId(), "to commit, for dashboards"));
    return List.copyOf(needed);
  }
}
