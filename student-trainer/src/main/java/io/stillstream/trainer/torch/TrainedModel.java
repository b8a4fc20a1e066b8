package io.stillstream.trainer.torch;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import io.stillstream.trainer.training.example.TrainingBatch;
import io.stillstream.trainer.training.hyperparameters.Precision;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The module that trains and its moving average, both with a projection if there is one. */
final class TrainedModel implements AutoCloseable {
  private final StudentModule module;
  private final StudentModule average;
  private final Optional<EmbeddingProjection> projection;
  private final Map<String, NDArray> weights;

  /**
   * Loads the parts.
   *
   * @param manager lives as long as this
   * @param projection as {@link EmbeddingProjection#toBytes} gave it
   * @param precision of the module that trains; the average answers as a release will, in float32
   * @throws IllegalArgumentException if they do not belong together
   */
  TrainedModel(
      NDManager manager,
      byte[] weights,
      byte[] averaged,
      Optional<byte[]> projection,
      Precision precision) {
    this.module = StudentModule.load(manager, weights, precision);
    this.average = StudentModule.load(manager, averaged);
    this.average.train(false);
    if (!module.signature().equals(average.signature())) {
      throw new IllegalArgumentException("the average is of another module");
    }
    this.projection = projection.map(bytes -> EmbeddingProjection.parse(manager, bytes));
    this.weights = new LinkedHashMap<>(module.weights());
    this.projection.ifPresent(layer -> this.weights.putAll(layer.weights()));
  }

  /** Of the module that trains. */
  Precision precision() {
    return module.precision();
  }

  /** What is trained, by name and in the module's order; the projection's is the last. */
  Map<String, NDArray> weights() {
    return weights;
  }

  /** What the module changes in a forward pass: running statistics and counters. */
  Map<String, NDArray> buffers() {
    return module.buffers();
  }

  /** The answers of the module that trains, as they are compared with the teacher's. */
  NDArray forward(NDManager scope, TrainingBatch batch) {
    NDArray output = module.forward(scope, batch);
    return projection.isPresent() ? projection.get().project(output) : output;
  }

  /** The same of the moving average. */
  NDArray predict(NDManager scope, TrainingBatch batch) {
    NDArray output = average.forward(scope, batch);
    return projection.isPresent() ? projection.get().projectAverage(output) : output;
  }

  /**
   * The moving average, which follows what is trained.
   *
   * @param maxDecay its largest decay
   */
  MovingAverage averaging(double maxDecay) {
    return new MovingAverage(tensors(), averages(), maxDecay);
  }

  /** Weights and buffers. */
  private Map<String, NDArray> tensors() {
    Map<String, NDArray> tensors = new LinkedHashMap<>(weights);
    tensors.putAll(module.buffers());
    return tensors;
  }

  private Map<String, NDArray> averages() {
    Map<String, NDArray> tensors = new LinkedHashMap<>(average.weights());
    projection.ifPresent(layer -> tensors.putAll(layer.averages()));
    tensors.putAll(average.buffers());
    return tensors;
  }

  /**
   * A copy of everything.
   *
   * @param manager lives longer than the copy
   */
  TorchSnapshot snapshot(NDManager manager, byte[] optimiser) {
    List<NDArray> all = new ArrayList<>(tensors().values());
    all.addAll(averages().values());
    return new TorchSnapshot(manager, all, optimiser);
  }

  /** Has all inputs contiguous from now on; false if they were. */
  boolean makeContiguous() {
    boolean changes = module.makeContiguous();
    average.makeContiguous();
    return changes;
  }

  byte[] moduleBytes() {
    return module.toBytes();
  }

  byte[] averageBytes() {
    return average.toBytes();
  }

  Optional<byte[]> projectionBytes() {
    return projection.map(EmbeddingProjection::toBytes);
  }

  /** Handles on tensors that are open here; the same before and after a step. */
  int openTensors() {
    return module.openTensors() + average.openTensors();
  }

  @Override
  public void close() {
    module.close();
    average.close();
  }
}
