package io.stillstream.augmenter;

import io.stillstream.augmenter.policy.Policy;
import io.stillstream.runtime.access.Privilege;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.common.acl.AclOperation;

/** What the augmenter must be allowed to do, and no more. */
final class AugmenterPrivileges {
  private AugmenterPrivileges() {}

  static List<Privilege> of(AugmenterConfig config) {
    AugmenterConfig.AugmenterTopics topics = config.topics();
    String id = config.applicationId();
    List<Privilege> needed = new ArrayList<>();
    needed.add(Privilege.topic(AclOperation.READ, topics.images(), "images"));
    needed.add(Privilege.topic(AclOperation.WRITE, topics.views(), "views"));
    needed.add(Privilege.topic(AclOperation.DESCRIBE_CONFIGS, topics.views(), "the largest view"));
    needed.add(Privilege.topic(AclOperation.WRITE, topics.deadLetters(), "dead letters"));
    needed.add(
        Privilege.topic(AclOperation.DESCRIBE_CONFIGS, topics.deadLetters(), "the largest letter"));
    needed.add(Privilege.group(id, "to share the partitions, and to commit"));
    // Kafka Streams adds the number of its process and of its thread.
    needed.add(Privilege.transactions(id + "-", "to commit views and offsets as one"));
    if (Policy.parse(config.policy()).mixing()) {
      String store = PartnerStore.changelogTopic(id);
      needed.add(Privilege.topic(AclOperation.CREATE, store, "the store of mixed-in images, once"));
      needed.add(Privilege.topic(AclOperation.READ, store, "the store of mixed-in images"));
      needed.add(Privilege.topic(AclOperation.WRITE, store, "the store of mixed-in images"));
      needed.add(
          Privilege.topic(AclOperation.DESCRIBE_CONFIGS, store, "the largest mixed-in image"));
    }
    return List.copyOf(needed);
  }
}
