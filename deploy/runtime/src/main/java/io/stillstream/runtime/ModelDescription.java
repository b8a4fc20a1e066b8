package io.stillstream.runtime;

import io.stillstream.runtime.ModelSpec.InputType;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;

/** The content of {@code teacher.yaml} or {@code student.yaml}. */
record ModelDescription(
    String name,
    String version,
    @Default("model.pt") Path file,
    Input input,
    List<String> classes) {

  ModelDescription {
    List<String> errors = new ArrayList<>();
    if (name.isBlank()) {
      errors.add("name must not be empty");
    }
    if (version.isBlank()) {
      errors.add("version must not be empty");
    }
    if (classes.isEmpty()) {
      errors.add("classes must name at least one class");
    }
    if (new HashSet<>(classes).size() < classes.size()) {
      errors.add("classes must be different from each other, was " + classes);
    }
    refuse(errors);
    classes = List.copyOf(classes);
  }

  private static void refuse(List<String> errors) {
    if (!errors.isEmpty()) {
      throw new IllegalArgumentException(String.join("\n", errors));
    }
  }

  /** What goes in; {@code mean} and {@code std} are of x/255 for each channel, or left out. */
  record Input(
      int height,
      int width,
      int channels,
      @Default("float") InputType type,
      @Default("[]") List<Double> mean,
      @Default("[]") List<Double> std) {

    Input {
      List<String> errors = new ArrayList<>();
      positive("height", height, errors);
      positive("width", width, errors);
      positive("channels", channels, errors);
      perChannel("mean", mean, channels, errors);
      perChannel("std", std, channels, errors);
      if (std.stream().anyMatch(value -> value <= 0)) {
        errors.add("std must be positive, was " + std);
      }
      if (type == InputType.UINT8 && !(mean.isEmpty() && std.isEmpty())) {
        errors.add(
            "mean must be left out with type uint8, like std: such a model scales by itself");
      }
      refuse(errors);
    }

    private static void positive(String key, int value, List<String> errors) {
      if (value <= 0) {
        errors.add(key + " must be positive, was " + value);
      }
    }

    private static void perChannel(
        String key, List<Double> values, int channels, List<String> errors) {
      if (!values.isEmpty() && values.size() != channels) {
        errors.add(key + " must have one value per channel (" + channels + "), was " + values);
      }
    }
  }
}
