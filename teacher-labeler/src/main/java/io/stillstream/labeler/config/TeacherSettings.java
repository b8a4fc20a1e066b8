package io.stillstream.labeler.config;

import io.stillstream.runtime.config.Default;
import io.stillstream.runtime.config.SettingRanges;
import io.stillstream.runtime.config.Shorthand;
import java.nio.file.Path;

/**
 * One teacher in the settings; a path alone is enough.
 *
 * @param path model directory, its .pt file, or a directory of such directories, one per version
 * @param weight of its probabilities in the mean; only the proportion to the others' counts
 */
@Shorthand("path")
public record TeacherSettings(Path path, @Default("1") double weight) {
  public TeacherSettings {
    SettingRanges.requirePositive("weight", weight);
  }
}
