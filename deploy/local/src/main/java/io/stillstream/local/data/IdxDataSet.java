package io.stillstream.local.data;

import io.stillstream.local.data.IdxLabeledImages.Part;
import io.stillstream.runtime.config.StartupException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;

/** A data set of four idx files, as MNIST is. */
final class IdxDataSet implements DataSet {
  private final Map<Part, IdxLabeledImages> parts;
  private final List<String> faults;

  private IdxDataSet(Map<Part, IdxLabeledImages> parts, List<String> faults) {
    this.parts = parts;
    this.faults = faults;
  }

  /** Reads the files; what is wrong with them is a misfit. */
  static IdxDataSet open(Path directory) {
    Map<Part, IdxLabeledImages> parts = new EnumMap<>(Part.class);
    List<String> faults = new ArrayList<>();
    for (Part part : Part.values()) {
      try {
        parts.put(part, IdxLabeledImages.load(directory, part));
      } catch (StartupException e) {
        faults.add(part.missing() + e.getMessage());
      }
    }
    return new IdxDataSet(parts, faults);
  }

  @Override
  public List<String> misfits(List<String> classes) {
    List<String> misfits = new ArrayList<>(faults);
    parts.forEach(
        (part, images) -> {
          if (images.highestLabel() >= classes.size()) {
            misfits.add(
                "the %s has class %d, the models have %d classes"
                    .formatted(part.inMessages(), images.highestLabel(), classes.size()));
          }
        });
    return misfits;
  }

  @Override
  public LabeledImages images(Part part, List<String> classes) {
    IdxLabeledImages images = parts.get(part);
    if (images == null) {
      throw new StartupException(String.join("; ", faults));
    }
    return images;
  }

  @Override
  public List<String> classes() {
    return List.of();
  }

  @Override
  public List<Integer> size() {
    IdxLabeledImages train = parts.get(Part.TRAIN);
    return train == null ? List.of() : List.of(train.height(), train.width());
  }

  @Override
  public OptionalInt channels() {
    return OptionalInt.of(1);
  }

  @Override
  public List<Path> leftOut() {
    return List.of();
  }
}
