package io.stillstream.labeler.config;

import io.stillstream.runtime.access.RequiredAcl;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.common.acl.AclOperation;

/** What the labeler must be allowed to do, and no more. */
final class LabelerAcls {
  private LabelerAcls() {}

  static List<RequiredAcl> of(LabelerConfig config) {
    LabelerConfig.TopicNames topics = config.topics();
    List<RequiredAcl> needed = new ArrayList<>();
    needed.add(RequiredAcl.topic(AclOperation.READ, topics.views(), "views"));
    needed.add(RequiredAcl.topic(AclOperation.WRITE, topics.labeledViews(), "labelled views"));
    needed.add(
        RequiredAcl.topic(
            AclOperation.DESCRIBE_CONFIGS, topics.labeledViews(), "the largest labelled view"));
    needed.add(RequiredAcl.topic(AclOperation.WRITE, topics.deadLetters(), "dead letters"));
    needed.add(
        RequiredAcl.topic(
            AclOperation.DESCRIBE_CONFIGS, topics.deadLetters(), "the largest dead letter"));
    if (config.label().adaptive().isPresent()) {
      needed.add(
          RequiredAcl.topic(
              AclOperation.READ,
              topics.studentProgress(),
              "label.adaptive: how many labels students need"));
    }
    needed.add(RequiredAcl.group(config.groupId(), "to share the partitions, and to commit"));
    // Each instance has an id of its own.
    needed.add(
        RequiredAcl.transactions(config.groupId() + "-", "to commit labels and offsets as one"));
    return List.copyOf(needed);
  }
}
