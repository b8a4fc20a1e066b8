package io.stillstream.labeler.engine;

import io.stillstream.labeler.model.TeacherLoader;
import io.stillstream.labeler.model.TeacherModel;
import io.stillstream.labeler.onnx.OnnxTeacherLoader;
import io.stillstream.labeler.torch.TorchScriptModel;
import io.stillstream.labeler.torch.TorchTeacherLoader;
import io.stillstream.runtime.config.StartupException;
import io.stillstream.runtime.model.ModelSpec;
import java.util.List;

/**
 * Loads teachers with the engine that runs their format: libtorch or ONNX Runtime. Each engine is
 * started when the first teacher needs it.
 */
public final class EngineTeacherLoader implements TeacherLoader {
  private final TorchTeacherLoader torchScript;
  private final OnnxTeacherLoader onnx;

  /**
   * @param devices as the setting has them; each engine chooses among those that it sees
   * @param streams lanes on each device
   * @param threads within an operator of ONNX Runtime; libtorch's are of the whole process, see
   *     {@link TorchScriptModel#useThreads}
   * @param sizes of the batches that will come
   */
  public EngineTeacherLoader(String devices, int streams, int threads, List<Integer> sizes) {
    this.torchScript = new TorchTeacherLoader(devices, streams, sizes);
    this.onnx = new OnnxTeacherLoader(devices, streams, threads, sizes);
  }

  /**
   * One lane on the first GPU that the engine sees, or else on the CPU, not warmed up.
   *
   * @param threads as those of the constructor
   * @throws StartupException if the model is not usable; the message starts with its file
   */
  public static TeacherModel loadOne(ModelSpec spec, int threads) {
    return switch (spec.format()) {
      case TORCHSCRIPT -> TorchScriptModel.load(spec);
      case ONNX -> OnnxTeacherLoader.loadOne(spec, threads);
    };
  }

  @Override
  public List<TeacherModel> load(ModelSpec spec) {
    return switch (spec.format()) {
      case TORCHSCRIPT -> torchScript.load(spec);
      case ONNX -> onnx.load(spec);
    };
  }
}
