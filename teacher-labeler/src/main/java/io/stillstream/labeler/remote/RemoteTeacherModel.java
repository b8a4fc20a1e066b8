package io.stillstream.labeler.remote;

import com.google.protobuf.UnsafeByteOperations;
import io.stillstream.labeler.config.RemoteTeacherSettings;
import io.stillstream.labeler.model.BatchBufferPool;
import io.stillstream.labeler.model.BatchBufferPool.HostBatch;
import io.stillstream.labeler.model.DeviceBatch;
import io.stillstream.labeler.model.Pixels;
import io.stillstream.labeler.model.TeacherModel;
import io.stillstream.labeler.model.ViewResizer;
import io.stillstream.labeler.probe.TeacherProbe;
import io.stillstream.protocols.inference.ModelInferRequest;
import io.stillstream.protocols.inference.ModelInferRequest.InferInputTensor;
import io.stillstream.protocols.inference.ModelInferRequest.InferRequestedOutputTensor;
import io.stillstream.protocols.inference.ModelInferResponse;
import io.stillstream.runtime.config.StartupException;
import io.stillstream.runtime.model.ModelSpec;
import io.stillstream.schemas.answer.OutputShape;
import java.util.List;
import java.util.Optional;

/**
 * One version of a model on a server, as one lane: a request at a time. A batch that is larger than
 * {@code max-message-size} is asked in several requests. Whatever answers, it is this version, or
 * the batch fails with {@link io.stillstream.labeler.model.TeacherUnavailableException}. Safe for
 * several threads.
 */
final class RemoteTeacherModel implements TeacherModel {
  private final InferenceClient client;
  private final RemoteVersion version;
  private final Identity identity;
  private final RemoteTensors tensors;
  private final ModelSpec spec;
  private final OutputShape output;
  private final ViewResizer resizer;
  private final BatchBufferPool buffers;
  private final int viewsPerRequest;

  /**
   * @throws StartupException if not even one view fits a message
   */
  RemoteTeacherModel(
      InferenceClient client, RemoteVersion version, RemoteTensors tensors, ModelSpec spec) {
    this.client = client;
    this.version = version;
    this.identity = version.identity();
    this.tensors = tensors;
    this.spec = spec;
    this.output = spec.output();
    this.resizer = new ViewResizer(spec);
    this.buffers = new BatchBufferPool(spec, resizer, false);
    this.viewsPerRequest = viewsPerRequest(version.settings(), spec);
  }

  @Override
  public Identity identity() {
    return identity;
  }

  /** The server: all its lanes have their limits together. */
  @Override
  public String device() {
    return version.settings().url().getAuthority();
  }

  @Override
  public OutputShape output() {
    return output;
  }

  @Override
  public Optional<String> rejectionReason(Pixels view) {
    return resizer.rejectionReason(view);
  }

  @Override
  public DeviceBatch prepare(List<Pixels> views) {
    return buffers.fill(views);
  }

  /**
   * Computes answers.
   *
   * @throws io.stillstream.labeler.model.TeacherUnavailableException if the server is away, or
   *     answers with another version
   * @throws ClassCastException if another model has prepared the batch
   */
  @Override
  public float[][] answers(DeviceBatch batch) {
    HostBatch hostBatch = (HostBatch) batch;
    int views = hostBatch.size();
    if (views <= viewsPerRequest) {
      return ask(hostBatch, 0, views);
    }
    float[][] answers = new float[views][];
    for (int from = 0; from < views; from += viewsPerRequest) {
      int count = Math.min(viewsPerRequest, views - from);
      System.arraycopy(ask(hostBatch, from, count), 0, answers, from, count);
    }
    return answers;
  }

  /** A grey view, as in the probe. */
  @Override
  public Pixels knownGood() {
    return TeacherProbe.greyView(spec);
  }

  /** The connection belongs to the source. */
  @Override
  public void close() {}

  /** The version that a grey view's answer names; empty if it names none. */
  String answeringVersion() {
    try (HostBatch batch = buffers.fill(List.of(knownGood()))) {
      return client.infer(request(batch, 0, 1)).getModelVersion();
    }
  }

  private float[][] ask(HostBatch batch, int from, int count) {
    ModelInferResponse response = client.infer(request(batch, from, count));
    String answered = response.getModelVersion();
    // A server that names no version anywhere has the description's; see RemoteTeacherSource.
    if (!answered.isBlank() && !answered.equals(identity.version())) {
      throw client.answeredOtherwise(identity.version(), answered);
    }
    return RemoteAnswers.rows(response, tensors.output(), count, output);
  }

  /** The bytes are not copied: the batch is closed only after the answer. */
  private ModelInferRequest request(HostBatch batch, int from, int count) {
    int viewBytes = batch.bytes().limit() / batch.size();
    InferInputTensor.Builder input =
        InferInputTensor.newBuilder()
            .setName(tensors.input())
            .setDatatype(RemoteTensors.inputType(spec));
    long[] shape = batch.shape();
    shape[0] = count;
    for (long dimension : shape) {
      input.addShape(dimension);
    }
    return ModelInferRequest.newBuilder()
        .setModelName(version.settings().model())
        .setModelVersion(version.requested())
        .addInputs(input)
        .addOutputs(InferRequestedOutputTensor.newBuilder().setName(tensors.output()))
        .addRawInputContents(
            UnsafeByteOperations.unsafeWrap(
                batch.bytes().slice(from * viewBytes, count * viewBytes)))
        .build();
  }

  private static int viewsPerRequest(RemoteTeacherSettings settings, ModelSpec spec) {
    long pixels = (long) spec.height() * spec.width() * spec.channels();
    long input = pixels * (spec.inputType() == ModelSpec.InputType.FLOAT ? Float.BYTES : 1);
    long answer = (long) spec.output().size() * Double.BYTES;
    long largest = Math.max(input, answer);
    long room = (long) settings.maxMessageSize() - RemoteChannel.ENVELOPE;
    if (largest > room) {
      throw new StartupException(
          "max-message-size must hold a view of %d bytes and its answer of up to %d, was %d"
              .formatted(input, answer, settings.maxMessageSize()));
    }
    return (int) Math.min(Integer.MAX_VALUE, room / largest);
  }
}
