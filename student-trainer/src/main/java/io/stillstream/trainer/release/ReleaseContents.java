package io.stillstream.trainer.release;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.stillstream.runtime.model.ModelSpec;
import io.stillstream.schemas.values.Sha256;
import io.stillstream.trainer.checkpoint.store.PromotionState;
import io.stillstream.trainer.checkpoint.store.TrainerState;
import io.stillstream.trainer.release.ModelCard.OffsetRange;
import io.stillstream.trainer.release.ModelCard.OnnxEntry;
import java.io.IOException;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Makes the files of a release: the student, its description and its card. */
final class ReleaseContents {
  private static final String FILE = "student.pt";
  private static final String ONNX_FILE = "student.onnx";
  private static final String DESCRIPTION = "student.yaml";

  private final ModelSpec model;
  private final Map<String, Object> settings;
  private final InstantSource clock;
  private final Optional<OnnxExporter> exporter;

  /** The last one that was exported; null if it was released. */
  private ExportedStudent exported;

  @SuppressWarnings("ArrayRecordComponent") // the array is the student's identity
  private record ExportedStudent(byte[] average, OnnxModel onnx) {}

  /**
   * @param settings of the training, for the model card
   * @param exporter makes the ONNX files; without it there are none
   */
  ReleaseContents(
      ModelSpec model,
      Map<String, Object> settings,
      InstantSource clock,
      Optional<OnnxExporter> exporter) {
    this.model = model;
    this.settings = settings;
    this.clock = clock;
    this.exporter = exporter;
  }

  /**
   * Makes the ONNX file of a student, and keeps it until it is released.
   *
   * @throws OnnxMismatchException if there is none that answers as the student does
   */
  void prepare(byte[] average) throws OnnxMismatchException {
    if (exporter.isPresent() && (exported == null || exported.average() != average)) {
      exported = null;
      exported = new ExportedStudent(average, exporter.get().export(average));
    }
  }

  /** Drops what was prepared. */
  void forget() {
    exported = null;
  }

  /**
   * The files by name.
   *
   * @param average bytes of the student
   * @throws OnnxMismatchException as {@link #prepare}, if that was not called with this array
   */
  Map<String, byte[]> files(
      TrainerState checkpoint, byte[] average, ReleaseMeasurements measurements)
      throws IOException {
    prepare(average);
    Optional<OnnxModel> onnx = Optional.ofNullable(exported).map(ExportedStudent::onnx);
    Map<String, byte[]> files = new LinkedHashMap<>();
    files.put(FILE, average);
    onnx.ifPresent(made -> files.put(ONNX_FILE, made.bytes()));
    files.put(
        DESCRIPTION,
        ReleaseDescriptor.of(model, checkpoint.releaseVersion(), FILE).getBytes(UTF_8));
    files.put(ModelCard.NAME, card(checkpoint, Sha256.hex(average), onnx, measurements).toBytes());
    return files;
  }

  private ModelCard card(
      TrainerState checkpoint,
      String sha256,
      Optional<OnnxModel> onnx,
      ReleaseMeasurements measurements) {
    PromotionState promotion = checkpoint.promotion();
    return new ModelCard(
        checkpoint.student(),
        model.task().key(),
        checkpoint.releaseVersion(),
        promotion.passed() ? ModelCard.CHAMPION : ModelCard.CHALLENGER,
        FILE,
        sha256,
        onnx.map(made -> new OnnxEntry(ONNX_FILE, Sha256.hex(made.bytes()), made.opset()))
            .orElse(null),
        checkpoint.steps(),
        checkpoint.viewsSeen(),
        checkpoint.topic(),
        checkpoint.offsets(),
        ranges(promotion.from(), checkpoint.offsets()),
        checkpoint.teachers(),
        checkpoint.policyHashes(),
        measurements.metrics(),
        measurements.confusion().orElse(null),
        promotion.verdict(),
        settings,
        clock.instant().toString());
  }

  private static List<OffsetRange> ranges(Map<Integer, Long> from, Map<Integer, Long> to) {
    return to.entrySet().stream()
        .sorted(Map.Entry.comparingByKey())
        .map(e -> new OffsetRange(e.getKey(), from.getOrDefault(e.getKey(), 0L), e.getValue()))
        .toList();
  }
}
