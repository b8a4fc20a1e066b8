package io.stillstream.trainer.onnx;

import io.stillstream.protocols.onnx.AttributeProto;
import io.stillstream.protocols.onnx.FunctionProto;
import io.stillstream.protocols.onnx.GraphProto;
import io.stillstream.protocols.onnx.ModelProto;
import io.stillstream.protocols.onnx.NodeProto;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Turns nodes that train into nodes that infer. A module that was exported in training mode has
 * BatchNormalization with {@code training_mode=1}, which ignores the running statistics and has
 * further outputs, and Dropout with a third input that switches it on. What a node of these kinds
 * returns besides its first output exists in training only.
 *
 * @see <a
 *     href="https://onnx.ai/onnx/operators/onnx__BatchNormalization.html">BatchNormalization</a>
 * @see <a href="https://onnx.ai/onnx/operators/onnx__Dropout.html">Dropout</a>
 */
final class InferenceGraph {
  private static final String TRAINING_MODE = "training_mode";

  private final List<String> problems = new ArrayList<>();

  /**
   * The model with inference nodes only.
   *
   * @throws IllegalArgumentException if the graph uses what exists in training only
   */
  static ModelProto of(ModelProto model) {
    InferenceGraph graphs = new InferenceGraph();
    ModelProto.Builder result = model.toBuilder();
    result.setGraph(graphs.graph(model.getGraph()));
    for (int i = 0; i < model.getFunctionsCount(); i++) {
      FunctionProto function = model.getFunctions(i);
      result.setFunctions(
          i,
          function.toBuilder()
              .clearNode()
              .addAllNode(graphs.nodes(function.getNodeList(), function.getOutputList())));
    }
    if (!graphs.problems.isEmpty()) {
      throw new IllegalArgumentException(String.join("\n  ", graphs.problems));
    }
    return result.build();
  }

  private GraphProto graph(GraphProto graph) {
    List<String> outputs = graph.getOutputList().stream().map(output -> output.getName()).toList();
    return graph.toBuilder().clearNode().addAllNode(nodes(graph.getNodeList(), outputs)).build();
  }

  private List<NodeProto> nodes(List<NodeProto> nodes, List<String> outputs) {
    Set<String> used = new HashSet<>(outputs);
    nodes.forEach(node -> used.addAll(node.getInputList()));
    return nodes.stream().map(node -> node(node, used)).toList();
  }

  private NodeProto node(NodeProto node, Set<String> used) {
    if (node.getDomain().isEmpty() || node.getDomain().equals(OnnxTemplate.DEFAULT_DOMAIN)) {
      if (node.getOpType().equals("BatchNormalization")) {
        return firstOutputOnly(batchNormalization(node), used);
      }
      if (node.getOpType().equals("Dropout")) {
        return firstOutputOnly(dropout(node), used);
      }
    }
    NodeProto.Builder result = node.toBuilder();
    for (int i = 0; i < node.getAttributeCount(); i++) {
      result.setAttribute(i, attribute(node.getAttribute(i)));
    }
    return result.build();
  }

  private AttributeProto attribute(AttributeProto attribute) {
    if (!attribute.hasG() && attribute.getGraphsCount() == 0) {
      return attribute;
    }
    AttributeProto.Builder result = attribute.toBuilder();
    if (attribute.hasG()) {
      result.setG(graph(attribute.getG()));
    }
    for (int i = 0; i < attribute.getGraphsCount(); i++) {
      result.setGraphs(i, graph(attribute.getGraphs(i)));
    }
    return result.build();
  }

  private static NodeProto batchNormalization(NodeProto node) {
    NodeProto.Builder result = node.toBuilder().clearAttribute();
    node.getAttributeList().stream()
        .filter(attribute -> !attribute.getName().equals(TRAINING_MODE))
        .forEach(result::addAttribute);
    return result.build();
  }

  /** Without ratio and switch, it hands its input on. */
  private static NodeProto dropout(NodeProto node) {
    return node.toBuilder().clearInput().addInput(node.getInput(0)).build();
  }

  private NodeProto firstOutputOnly(NodeProto node, Set<String> used) {
    node.getOutputList().stream()
        .skip(1)
        .filter(output -> !output.isEmpty() && used.contains(output))
        .forEach(
            output ->
                problems.add(
                    "it uses output %s of node %s (%s), which exists in training only: export the "
                            .formatted(output, node.getName(), node.getOpType())
                        + "module in eval mode"));
    return node.toBuilder().clearOutput().addOutput(node.getOutput(0)).build();
  }
}
