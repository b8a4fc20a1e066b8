package io.stillstream.local.demo.cluster;

import io.stillstream.augmenter.config.AugmenterConfig;
import io.stillstream.labeler.config.LabelerConfig;
import io.stillstream.local.access.Role;
import io.stillstream.page.PageConfig;
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
      AugmenterConfig augmenter, LabelerConfig labeler, TrainerConfig trainer, PageConfig page) {
    return List.of(
        role(DemoCluster.AUGMENTER, augmenter.requiredAcls()),
        role(DemoCluster.LABELER, labeler.requiredAcls()),
        role(DemoCluster.TRAINER, trainer.privileges()),
        new Role("trace", principal(DemoCluster.TRAINER), trace()),
        role(DemoCluster.PAGE, page.requiredAcls()),
        role(DemoCluster.DEMO, demo()));
  }

  private static Role role(String name, List<RequiredAcl> privileges) {
    return new Role(name, principal(name), privileges);
  }

  private static String principal(String user) {
    return "User:" + user;
  }

  /** What the trainer's {@code GET /trace} reads. */
  private static List<RequiredAcl> trace() {
    return reading(
        Stream.of(Topics.IMAGES, Topics.VIEWS, Topics.LABELED_VIEWS, Topics.DEAD_LETTERS),
        "what became of an image");
  }

  private static List<RequiredAcl> reading(Stream<String> topics, String use) {
    return topics.map(topic -> RequiredAcl.topic(AclOperation.READ, topic, use)).toList();
  }

  private static List<RequiredAcl> demo() {
    List<RequiredAcl> needed = new ArrayList<>();
    needed.add(RequiredAcl.topic(AclOperation.WRITE, Topics.IMAGES, "to feed it"));
    needed.add(RequiredAcl.topic(AclOperation.WRITE, Topics.LABELS, "to label images"));
    needed.addAll(
        reading(
            Stream.of(
                Topics.IMAGES,
                Topics.VIEWS,
                Topics.LABELED_VIEWS,
                Topics.STUDENT_RELEASES,
                Topics.DEAD_LETTERS),
            "to sum it up"));
    return needed;
  }
}
