package io.stillstream.local.data;

import io.stillstream.local.data.IdxLabeledImages.Split;
import io.stillstream.runtime.config.StartupException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalInt;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** A data set on disk: images to train on, and others to measure on. */
public interface DataSet {

  /**
   * Looks at a directory: idx files as those of MNIST, or else pictures in a folder for each class.
   *
   * @param taken whether a file of such a folder is a picture that the pipeline takes; others are
   *     left out
   * @throws StartupException naming the directory, if it is neither
   */
  static DataSet open(Path directory, Predicate<Path> taken) {
    if (!Files.isDirectory(directory)) {
      throw new StartupException("there is no directory " + directory);
    }
    try (Stream<Path> entries = Files.list(directory)) {
      boolean idx =
          entries.anyMatch(
              entry ->
                  entry.getFileName().toString().matches("(train|t10k)-(images|labels)-idx.*"));
      return idx ? IdxDataSet.open(directory) : FolderDataSet.open(directory, taken);
    } catch (IOException e) {
      throw new StartupException(directory + " cannot be read: " + e, e);
    }
  }

  /**
   * All that keeps it from being used with a model of these classes, in words; none if it fits.
   *
   * @param classes in the order of the logits; none if the models leave it to the data set
   */
  List<String> incompatibilities(List<String> classes);

  /**
   * One part, if {@link #incompatibilities} has none.
   *
   * @param classes in the order of the logits
   */
  LabeledImages images(Split part, List<String> classes);

  /** Names of its classes; none where there are only numbers. */
  List<String> classes();

  /** Height and width that all its images have; empty where each may have another. */
  List<Integer> size();

  /** Colour channels that all its images have; empty where each may have others. */
  OptionalInt channels();

  /** Files that are no pictures, or that the pipeline takes none of. */
  List<Path> unusableFiles();

  /** Whether the file or one of its folders has a name that begins with a dot. */
  static boolean isHidden(Path path) {
    for (Path part : path) {
      if (part.toString().startsWith(".")) {
        return true;
      }
    }
    return false;
  }

  /** Names for a message: the first ones, and how many there are besides. */
  static String some(List<String> names) {
    int shown = 10;
    String first = names.stream().limit(shown).collect(Collectors.joining(", "));
    return names.size() <= shown ? first : first + " and " + (names.size() - shown) + " more";
  }
}
