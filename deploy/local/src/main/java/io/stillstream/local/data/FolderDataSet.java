package io.stillstream.local.data;

import io.stillstream.local.data.IdxLabeledImages.Split;
import io.stillstream.runtime.config.StartupException;
import io.stillstream.runtime.model.ModelSpec;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileVisitOption;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Random;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A data set of pictures in a folder for each class: {@code train/CLASS/…} and {@code
 * test/CLASS/…}, or {@code CLASS/…} alone, where every fifth picture of each class, in the order of
 * their paths, is held out as the test part. Training images come in an order that is shuffled, and
 * always the same for the same paths.
 */
final class FolderDataSet implements DataSet {
  /** One in so many is held out. */
  static final int HOLD_OUT = 5;

  private static final long SHUFFLE = 1;

  private final Path directory;

  /** Pictures by folder, sorted. */
  private final Map<Split, Map<String, List<Path>>> parts = new EnumMap<>(Split.class);

  private final List<Path> leftOut = new ArrayList<>();

  private FolderDataSet(Path directory) {
    this.directory = directory;
  }

  static FolderDataSet open(Path directory, Predicate<Path> taken) {
    FolderDataSet set = new FolderDataSet(directory);
    try {
      Path train = directory.resolve("train");
      if (Files.isDirectory(train) && !folders(train).isEmpty()) {
        set.parts.put(Split.TRAIN, set.pictures(train, taken));
        Path test = directory.resolve("test");
        if (Files.isDirectory(test)) {
          set.parts.put(Split.TEST, set.pictures(test, taken));
        }
      } else {
        set.split(set.pictures(directory, taken));
      }
    } catch (IOException | UncheckedIOException e) {
      throw new StartupException(directory + " cannot be read: " + e, e);
    }
    return set;
  }

  private void split(Map<String, List<Path>> pictures) {
    if (pictures.isEmpty()) {
      throw new StartupException(
          "there are neither idx files nor folders of pictures in " + directory);
    }
    for (Split part : Split.values()) {
      Map<String, List<Path>> some = new TreeMap<>();
      pictures.forEach(
          (folder, files) -> {
            List<Path> own = new ArrayList<>();
            for (int i = 0; i < files.size(); i++) {
              boolean heldOut = i % HOLD_OUT == HOLD_OUT - 1;
              if (heldOut == (part == Split.TEST)) {
                own.add(files.get(i));
              }
            }
            some.put(folder, own);
          });
      parts.put(part, some);
    }
  }

  @Override
  public List<String> incompatibilities(List<String> classes) {
    List<String> problems = new ArrayList<>();
    parts.forEach((part, pictures) -> problems(part, pictures, classes, problems));
    List<String> without = new ArrayList<>(classes);
    parts
        .get(Split.TRAIN)
        .keySet()
        .forEach(
            folder ->
                ModelSpec.classIndex(classes, folder)
                    .ifPresent(index -> without.remove(classes.get(index))));
    if (!without.isEmpty()) {
      problems.add(
          "there is no folder for these classes of the models: "
              + DataSet.some(without)
              + " (an empty one says that there are no pictures of a class)");
    }
    if (!parts.containsKey(Split.TEST)) {
      problems.add(Split.TEST.missing() + "there is no folder " + directory.resolve("test"));
    }
    return problems;
  }

  private void problems(
      Split part, Map<String, List<Path>> pictures, List<String> classes, List<String> problems) {
    List<String> unknown =
        pictures.keySet().stream()
            .filter(folder -> ModelSpec.classIndex(classes, folder).isEmpty())
            .toList();
    if (!unknown.isEmpty()) {
      problems.add(
          "the %s has folders that are no class of the models, by name or number: %s"
              .formatted(part.inMessages(), DataSet.some(unknown)));
    }
    if (pictures.values().stream().allMatch(List::isEmpty)) {
      problems.add(part.missing() + "there are too few pictures in " + directory);
    }
  }

  @Override
  public LabeledImages images(Split part, List<String> classes) {
    List<LabeledImageFiles.Item> items = new ArrayList<>();
    parts
        .get(part)
        .forEach(
            (folder, files) -> {
              int label = ModelSpec.classIndex(classes, folder).orElseThrow();
              files.forEach(file -> items.add(new LabeledImageFiles.Item(file, label)));
            });
    if (part == Split.TRAIN) {
      // Class by class, a student would learn one after the other and forget the ones before.
      Collections.shuffle(items, new Random(SHUFFLE));
    }
    return new LabeledImageFiles(items);
  }

  @Override
  public List<String> classes() {
    return List.copyOf(parts.get(Split.TRAIN).keySet());
  }

  @Override
  public List<Integer> size() {
    return List.of();
  }

  @Override
  public OptionalInt channels() {
    return OptionalInt.empty();
  }

  @Override
  public List<Path> unusableFiles() {
    return Collections.unmodifiableList(leftOut);
  }

  private Map<String, List<Path>> pictures(Path root, Predicate<Path> taken) throws IOException {
    Map<String, List<Path>> pictures = new TreeMap<>();
    for (Path folder : folders(root)) {
      try (Stream<Path> walk = Files.walk(folder, FileVisitOption.FOLLOW_LINKS)) {
        Map<Boolean, List<Path>> files =
            walk.filter(file -> !DataSet.isHidden(folder.relativize(file)))
                .filter(Files::isRegularFile)
                .sorted()
                .collect(Collectors.partitioningBy(taken));
        pictures.put(folder.getFileName().toString(), files.get(true));
        leftOut.addAll(files.get(false));
      }
    }
    return pictures;
  }

  private static List<Path> folders(Path directory) throws IOException {
    try (Stream<Path> entries = Files.list(directory)) {
      return entries
          .filter(Files::isDirectory)
          .filter(entry -> !DataSet.isHidden(entry.getFileName()))
          .sorted()
          .toList();
    }
  }
}
