package io.stillstream.local.demo.cluster;

import io.stillstream.augmenter.config.AugmenterConfig;
import io.stillstream.labeler.config.LabelerConfig;
import io.stillstream.local.access.Role;
import io.stillstream.runtime.access.RequiredAcl;
import io.stillstream.schemas.topics.Topics;
import io.stillstream.trainer.config.TrainerConfig;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.apache.kafka.common.acl.AclOperation;

/** The roles of a demo, and what each needs. */
public final class DemoRoles {
  private DemoRoles() {}

  public static List<Role> of(
      AugmenterConfig augmenter, LabelerConfig labeler, TrainerConfig trainer) {
    return List.of(
        role(DemoCluster.AUGMENTER, augmenter.requiredAcls()),
        role(DemoCluster.LABELER, labeler.requiredAcls()),
        role(DemoCluster.TRAINER, trainer.privileges()),
        new Role("page", principal(DemoCluster.TRAINER), trainer.pagePrivileges()),
        role(DemoCluster.DEMO, demo()));
  }

  private static Role role(String name, List<RequiredAcl> privileges) {
    return new Role(name, principal(name), privileges);
  }

  private static String principal(String user) {
    return "User:" + user;
  }

  private static List<RequiredAcl> demo() {
    List<RequiredAcl> needed = new ArrayList<>();
    needed.add(RequiredAcl.topic(AclOperation.WRITE, Topics.IMAGES, "to feed it"));
    Stream.of(
            Topics.IMAGES,
            Topics.VIEWS,
            Topics.LABELED_VIEWS,
            Topics.STUDENT_RELEASES,
            Topics.DEAD_LETTERS)
        .map(topic -> RequiredAcl.topic(AclOperation.READ, topic, "to sum it up"))
        .forEach(needed::add);
    return needed;
  }
}
