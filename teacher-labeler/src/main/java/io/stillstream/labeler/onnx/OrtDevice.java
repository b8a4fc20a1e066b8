package io.stillstream.labeler.onnx;

import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtProvider;
import ai.onnxruntime.OrtSession.SessionOptions;
import ai.onnxruntime.providers.OrtCUDAProviderOptions;
import io.stillstream.protocols.onnx.GraphProto;
import io.stillstream.protocols.onnx.ModelProto;
import io.stillstream.protocols.onnx.NodeProto;
import io.stillstream.protocols.onnx.OperatorSetIdProto;
import io.stillstream.protocols.onnx.TensorProto;
import io.stillstream.protocols.onnx.TensorShapeProto;
import io.stillstream.protocols.onnx.TypeProto;
import io.stillstream.protocols.onnx.ValueInfoProto;
import io.stillstream.runtime.config.StartupException;
import java.util.ArrayList;
import java.util.List;

/**
 * Where a session computes, as the setting {@code devices} names it: {@code cpu}, {@code gpu0},
 * {@code gpu1}…
 */
record OrtDevice(String name) {
  static final OrtDevice CPU = new OrtDevice("cpu");

  private static final String AUTO = "auto";
  private static final String GPU = "gpu";

  /** More are not looked for. */
  private static final int MOST_GPUS = 64;

  /**
   * The devices of a setting: {@code auto}, or names with commas between them.
   *
   * @throws StartupException naming the key, if ONNX Runtime cannot use one of them
   */
  static List<OrtDevice> choose(String setting) {
    OrtEnvironment environment = OrtRuntime.environment();
    if (setting.equals(AUTO)) {
      List<OrtDevice> gpus = new ArrayList<>();
      while (hasCuda() && gpus.size() < MOST_GPUS) {
        OrtDevice next = new OrtDevice(GPU + gpus.size());
        if (!next.problem(environment).isEmpty()) {
          break;
        }
        gpus.add(next);
      }
      return gpus.isEmpty() ? List.of(CPU) : gpus;
    }
    List<OrtDevice> chosen = new ArrayList<>();
    for (String name : setting.split(",", -1)) {
      OrtDevice device = new OrtDevice(name.strip());
      String problem = device.isGpu() ? device.problem(environment) : "";
      if (!problem.isEmpty()) {
        throw new StartupException(
            "devices: ONNX Runtime cannot use %s: %s".formatted(device.name, problem));
      }
      chosen.add(device);
    }
    return chosen;
  }

  /** Whether the build has ONNX Runtime with CUDA, whatever the machine has. */
  static boolean hasCuda() {
    return OrtEnvironment.getAvailableProviders().contains(OrtProvider.CUDA);
  }

  boolean isGpu() {
    return name.startsWith(GPU);
  }

  /** Has sessions of these options compute here. */
  void addTo(SessionOptions options) throws OrtException {
    if (!isGpu()) {
      return;
    }
    try (OrtCUDAProviderOptions cuda = new OrtCUDAProviderOptions(number())) {
      // Not the default: that would search for the best kernels again at each new batch size.
      cuda.add("cudnn_conv_algo_search", "HEURISTIC");
      // Not the default, powers of two: the device is shared.
      cuda.add("arena_extend_strategy", "kSameAsRequested");
      options.addCUDA(cuda);
    }
  }

  private int number() {
    return Integer.parseInt(name.substring(GPU.length()));
  }

  /** Why it cannot be used; empty if a session opens on it. */
  private String problem(OrtEnvironment environment) {
    if (!hasCuda()) {
      return "the program was built without CUDA for it; see -Donnxruntime.artifact=onnxruntime_gpu";
    }
    try (SessionOptions options = new SessionOptions()) {
      addTo(options);
      environment.createSession(identity(), options).close();
      return "";
    } catch (OrtException e) {
      return OrtFailures.firstLine(e);
    }
  }

  /** The least model there is. */
  private static byte[] identity() {
    GraphProto.Builder graph =
        GraphProto.newBuilder()
            .setName("identity")
            .addInput(number("x"))
            .addOutput(number("y"))
            .addNode(NodeProto.newBuilder().setOpType("Identity").addInput("x").addOutput("y"));
    return ModelProto.newBuilder()
        .setIrVersion(8)
        .addOpsetImport(OperatorSetIdProto.newBuilder().setVersion(13))
        .setGraph(graph)
        .build()
        .toByteArray();
  }

  private static ValueInfoProto number(String name) {
    TypeProto.Tensor.Builder tensor =
        TypeProto.Tensor.newBuilder()
            .setElemType(TensorProto.DataType.FLOAT_VALUE)
            .setShape(
                TensorShapeProto.newBuilder()
                    .addDim(TensorShapeProto.Dimension.newBuilder().setDimValue(1)));
    return ValueInfoProto.newBuilder()
        .setName(name)
        .setType(TypeProto.newBuilder().setTensorType(tensor))
        .build();
  }
}
