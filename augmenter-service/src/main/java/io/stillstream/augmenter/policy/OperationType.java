package io.stillstream.augmenter.policy;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.BiFunction;
import java.util.function.Function;

/** The closed list of operations that recipes can name, and what each does to a frame. */
enum OperationType {
  ROTATE("rotate", Rotate::parse, Rotate::apply),
  HORIZONTAL_FLIP("horizontal_flip", HorizontalFlip::parse, HorizontalFlip::apply),
  RANDOM_CROP("random_crop", RandomCrop::parse, RandomCrop::apply),
  TRANSLATE("translate", Translate::parse, Translate::apply),
  RESIZE("resize", Resize::parse, Resize::apply),
  /** Only the output rule applies this one; a policy cannot name it. */
  CENTER_CROP("center_crop", null, CenterCrop::apply);

  private final String operationName;
  private final Function<Parameters, Operation> parser;
  private final BiFunction<Frame, Step, Frame> geometry;

  OperationType(
      String operationName,
      Function<Parameters, Operation> parser,
      BiFunction<Frame, Step, Frame> geometry) {
    this.operationName = operationName;
    this.parser = parser;
    this.geometry = geometry;
  }

  /** Name in policies and recipes. */
  String operationName() {
    return operationName;
  }

  /** Reads the settings; what is wrong with them is reported to the parameters. */
  Operation parse(Parameters parameters) {
    return parser.apply(parameters);
  }

  /** The frame after the step: a pure function of the frame and the step's values. */
  Frame apply(Frame frame, Step step) {
    return geometry.apply(frame, step);
  }

  /** The type that recipes call so. */
  static Optional<OperationType> named(String name) {
    return Arrays.stream(values()).filter(type -> type.operationName.equals(name)).findFirst();
  }

  /** The type that policies may call so. */
  static Optional<OperationType> inPolicies(String name) {
    return named(name).filter(type -> type.parser != null);
  }

  /** Names that policies may use. */
  static List<String> policyNames() {
    return Arrays.stream(values())
        .filter(type -> type.parser != null)
        .map(OperationType::operationName)
        .toList();
  }
}
