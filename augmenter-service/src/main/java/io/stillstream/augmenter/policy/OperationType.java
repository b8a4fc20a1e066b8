package io.stillstream.augmenter.policy;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** The closed list of operations that recipes can name, and what each does to a frame. */
enum OperationType {
  ROTATE("rotate"),
  HORIZONTAL_FLIP("horizontal_flip"),
  RANDOM_CROP("random_crop"),
  TRANSLATE("translate"),
  RESIZE("resize"),
  /** Only the output rule applies this one; a policy cannot name it. */
  CENTER_CROP("center_crop");

  private final String operationName;

  OperationType(String operationName) {
    this.operationName = operationName;
  }

  /** Name in policies and recipes. */
  String operationName() {
    return operationName;
  }

  /** Reads the settings; what is wrong with them is reported to the parameters. */
  Operation parse(Parameters parameters) {
    return switch (this) {
      case ROTATE -> Rotate.parse(parameters);
      case HORIZONTAL_FLIP -> HorizontalFlip.parse(parameters);
      case RANDOM_CROP -> RandomCrop.parse(parameters);
      case TRANSLATE -> Translate.parse(parameters);
      case RESIZE -> Resize.parse(parameters);
      case CENTER_CROP -> throw new IllegalArgumentException(operationName + " has no settings");
    };
  }

  /** The frame after the step: a pure function of the frame and the step's values. */
  Frame apply(Frame frame, Step step) {
    return switch (this) {
      case ROTATE -> Rotate.apply(frame, step);
      case HORIZONTAL_FLIP -> HorizontalFlip.apply(frame, step);
      case RANDOM_CROP -> RandomCrop.apply(frame, step);
      case TRANSLATE -> Translate.apply(frame, step);
      case RESIZE -> Resize.apply(frame, step);
      case CENTER_CROP -> CenterCrop.apply(frame, step);
    };
  }

  /** The type that recipes call so. */
  static Optional<OperationType> named(String name) {
    return Arrays.stream(values()).filter(type -> type.operationName.equals(name)).findFirst();
  }

  /** The type that policies may call so. */
  static Optional<OperationType> inPolicies(String name) {
    return named(name).filter(type -> type != CENTER_CROP);
  }

  /** Names that policies may use. */
  static List<String> policyNames() {
    return Arrays.stream(values())
        .filter(type -> type != CENTER_CROP)
        .map(OperationType::operationName)
        .toList();
  }
}
