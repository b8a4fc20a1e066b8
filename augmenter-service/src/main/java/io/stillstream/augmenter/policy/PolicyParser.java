package io.stillstream.augmenter.policy;

import com.fasterxml.jackson.databind.JsonNode;
import io.stillstream.augmenter.geometry.ImageSize;
import io.stillstream.augmenter.operation.OperationParser;
import io.stillstream.augmenter.operation.PolicyEntry;
import io.stillstream.augmenter.settings.SettingsReader;
import io.stillstream.schemas.PixelEncoding;
import java.util.ArrayList;
import java.util.List;

/** Reads a policy from its tree and reports everything that is wrong with it at once. */
final class PolicyParser {
  static final int DEFAULT_SEED = 42;
  static final int DEFAULT_VIEWS = 4;
  static final int DEFAULT_QUALITY = 90;
  private static final int MAX_VIEWS = 1_000;
  private static final int MAX_OUTPUT_SIDE = 4_096;

  private PolicyParser() {}

  static Policy parse(JsonNode tree) {
    List<String> errors = new ArrayList<>();
    SettingsReader root = new SettingsReader("policy", tree, errors);
    long seed = root.longInteger("seed", DEFAULT_SEED, "all view seeds depend on it");
    int views =
        root.integer(
            "views", DEFAULT_VIEWS, 1, MAX_VIEWS, "views per image, the original included");
    OutputFormat output = output(root);
    List<PolicyEntry> operations =
        OperationParser.parse(
            root,
            false,
            "applied in order to all views but view 0; then `fit`, if the size differs");
    root.rejectUnknownKeys();
    if (!errors.isEmpty()) {
      throw new PolicyException(errors);
    }
    return new Policy(seed, views, output, operations);
  }

  private static OutputFormat output(SettingsReader root) {
    SettingsReader output = root.mapping("output", "what every view looks like");
    ImageSize size =
        new ImageSize(
            output.requiredInteger("height", 1, MAX_OUTPUT_SIDE, "rows of every view, pixels"),
            output.requiredInteger("width", 1, MAX_OUTPUT_SIDE, "columns of every view, pixels"));
    int channels = output.integer("channels", 3, 1, 3, "1 (grey) or 3 (RGB)");
    if (channels == 2) {
      output.reject("channels", "must be 1 (grey) or 3 (RGB)");
    }
    FitMode fit = output.oneOf("fit", FitMode.STRETCH, "how other sizes get there");
    output.rejectUnknownKeys();
    return new OutputFormat(
        size,
        channels,
        fit,
        root.oneOf("encoding", PixelEncoding.RAW, "of the pixels inside the record"),
        root.integer(
            "quality", DEFAULT_QUALITY, 1, 100, "of JPEG; ignored by the other encodings"));
  }
}
