package io.stillstream.local.data;

import io.stillstream.local.data.IdxLabeledImages.Split;
import io.stillstream.runtime.config.StartupException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;

/** A data set of four idx files, as MNIST is. */
final class IdxDataSet implements DataSet {
  private final Map<Split, IdxLabeledImages> parts;
  private final List<String> errors;

  private IdxDataSet(Map<Split, IdxLabeledImages> parts, List<String> errors) {
    this.parts = parts;
    this.errors = errors;
  }

  /** Reads the files; what is wrong with them is a problem. */
  static IdxDataSet open(Path directory) {
    Map<Split, IdxLabeledImages> parts = new EnumMap<>(Split.class);
    List<String> errors = new ArrayList<>();
    for (Split part : Split.values()) {
      try {
        parts.put(part, IdxLabeledImages.load(directory, part));
      } catch (StartupException e) {
        errors.add(part.missing() + e.getMessage());
      }
    }
    return new IdxDataSet(parts, errors);
  }

  @Override
  public List<String> incompatibilities(List<String> classes) {
    List<String> problems = new ArrayList<>(errors);
    parts.forEach(
        (part, images) -> {
          if (!classes.isEmpty() && images.highestLabel() >= classes.size()) {
            problems.add(
                "the %s has class %d, the models have %d classes"
                    .formatted(part.inMessages(), images.highestLabel(), classes.size()));
          }
        });
    return problems;
  }

  @Override
  public LabeledImages images(Split part, List<String> classes) {
    IdxLabeledImages images = parts.get(part);
    if (images == null) {
      throw new StartupException(String.join("; ", errors));
    }
    return images;
  }

  @Override
  public List<String> classes() {
    return List.of();
  }

  @Override
  public List<Integer> size() {
    IdxLabeledImages train = parts.get(Split.TRAIN);
    return train == null ? List.of() : List.of(train.height(), train.width());
  }

  @Override
  public OptionalInt channels() {
    return OptionalInt.of(1);
  }

  @Override
  public List<Path> unusableFiles() {
    return List.of();
  }
}
