package io.stillstream.local.option;

import io.stillstream.augmenter.config.AugmenterConfig;
import io.stillstream.labeler.config.LabelerConfig;
import io.stillstream.local.topics.TopicsConfig;
import io.stillstream.page.PageConfig;
import io.stillstream.runtime.config.PartialSettings;
import io.stillstream.trainer.config.TrainerConfig;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;

/**
 * Files of {@code --config} that may be the settings of a service: a command takes what it needs,
 * so that brokers, registry and topics are written down once.
 */
public final class ServiceSettings {
  private static final PartialSettings SETTINGS =
      new PartialSettings(
          List.of(
              AugmenterConfig.class, LabelerConfig.class, TrainerConfig.class, PageConfig.class));

  private ServiceSettings() {}

  /**
   * Brokers, registry and names of topics in files that are read as one; without any, all is as by
   * default.
   *
   * @param others keys at the top that are of no interest here, beside those of services
   * @throws io.stillstream.runtime.config.StartupException naming all that is wrong
   */
  public static TopicsConfig topics(List<Path> files, Set<String> others) {
    return files.isEmpty() ? TopicsConfig.read(files) : part(files, TopicsConfig.class, others);
  }

  /**
   * A part that only some commands know, in the same files.
   *
   * @param files at least one
   * @param others keys at the top that are of no interest here, beside those of services
   */
  public static <C extends Record> C part(List<Path> files, Class<C> type, Set<String> others) {
    return SETTINGS.load(files, type, others, System.getenv());
  }
}
