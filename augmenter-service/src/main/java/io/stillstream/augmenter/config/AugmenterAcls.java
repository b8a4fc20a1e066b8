package io.stillstream.augmenter.config;

import io.stillstream.augmenter.policy.Policy;
import io.stillstream.runtime.access.RequiredAcl;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.common.acl.AclOperation;

/** The ACLs that the augmenter needs, and no more. */
final class AugmenterAcls {
  private AugmenterAcls() {}

  static List<RequiredAcl> of(AugmenterConfig config) {
    AugmenterConfig.AugmenterTopics topics = config.topics();
    String id = config.applicationId();
    List<RequiredAcl> needed = new ArrayList<>();
    needed.add(RequiredAcl.topic(AclOperation.READ, topics.images(), "images"));
    needed.add(RequiredAcl.topic(AclOperation.WRITE, topics.views(), "views"));
    needed.add(
        RequiredAcl.topic(AclOperation.DESCRIBE_CONFIGS, topics.views(), "the largest view"));
    needed.add(RequiredAcl.topic(AclOperation.WRITE, topics.deadLetters(), "dead letters"));
    needed.add(
        RequiredAcl.topic(
            AclOperation.DESCRIBE_CONFIGS, topics.deadLetters(), "the largest dead letter"));
    needed.add(RequiredAcl.group(id, "to share the partitions, and to commit"));
    // Kafka Streams adds the number of its process and of its thread.
    needed.add(RequiredAcl.transactions(id + "-", "to commit views and offsets as one"));
    if (Policy.parse(config.policy()).mixesImages()) {
      String store = StreamsSettings.changelogTopic(id);
      needed.add(
          RequiredAcl.topic(AclOperation.CREATE, store, "the store of mixed-in images, once"));
      needed.add(RequiredAcl.topic(AclOperation.READ, store, "the store of mixed-in images"));
      needed.add(RequiredAcl.topic(AclOperation.WRITE, store, "the store of mixed-in images"));
      needed.add(
          RequiredAcl.topic(AclOperation.DESCRIBE_CONFIGS, store, "the largest mixed-in image"));
    }
    return List.copyOf(needed);
  }
}
