package io.stillstream.page;

import io.stillstream.page.label.PageLabelSettings;
import io.stillstream.page.topic.PageGroups;
import io.stillstream.page.topic.PageTopics;
import io.stillstream.page.trainer.TrainerSettings;
import io.stillstream.runtime.access.RequiredAcl;
import io.stillstream.runtime.config.Default;
import io.stillstream.runtime.config.SettingRanges;
import io.stillstream.runtime.http.ManagementSettings;
import io.stillstream.runtime.kafka.ClientIds;
import io.stillstream.runtime.metrics.MetricsSettings;
import io.stillstream.runtime.startup.StartSettings;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.resource.PatternType;
import org.apache.kafka.common.resource.ResourceType;

/**
 * Settings of the page; the README describes each.
 *
 * @param kafka passed to clients and deserialisers verbatim
 * @param trainer where the trainer answers
 * @param topics names of topics
 * @param groups names of consumer groups
 * @param title what stands above the page
 * @param readers how many browsers may have it open
 * @param sampleEvery how often recent images are read, at most
 * @param start how long the start waits for what is away
 * @param labels whether the page takes labels
 * @param management where the page is served
 * @param metrics where metrics go beside it
 */
public record PageConfig(
    Map<String, String> kafka,
    TrainerSettings trainer,
    PageTopics topics,
    PageGroups groups,
    @Default("stillstream") String title,
    @Default("16") int readers,
    @Default("3s") Duration sampleEvery,
    StartSettings start,
    PageLabelSettings labels,
    @Default("{port: 9404}") ManagementSettings management,
    MetricsSettings metrics) {
  public PageConfig {
    kafka = ClientIds.withDefault(kafka, "stillstream-page");
    SettingRanges.requireText("title", title);
    SettingRanges.requireWithin(1, 256, "readers", readers);
    SettingRanges.requireAtLeast(Duration.ofSeconds(1), "sample-every", sampleEvery);
  }

  /** What the page is to be allowed to do at the brokers, and no more. */
  public List<RequiredAcl> requiredAcls() {
    List<RequiredAcl> all = new ArrayList<>(reading(topics.readTopics(), "the live page"));
    all.addAll(reading(topics.optionalTopics(), "the images to label"));
    groups
        .all()
        .forEach(
            group ->
                all.add(
                    new RequiredAcl(
                        AclOperation.DESCRIBE,
                        ResourceType.GROUP,
                        group,
                        PatternType.LITERAL,
                        "the bottleneck")));
    all.addAll(writing());
    return all;
  }

  /** What of it the page cannot do without. */
  public List<RequiredAcl> neededAcls() {
    List<RequiredAcl> needed = new ArrayList<>(reading(topics.readTopics(), "the live page"));
    needed.addAll(writing());
    return needed;
  }

  private List<RequiredAcl> writing() {
    return labels.write()
        ? List.of(
            RequiredAcl.topic(
                AclOperation.WRITE, topics.labels(), "labels.write: labels given on the page"))
        : List.of();
  }

  private static List<RequiredAcl> reading(List<String> topics, String use) {
    return topics.stream().map(topic -> RequiredAcl.topic(AclOperation.READ, topic, use)).toList();
  }
}
