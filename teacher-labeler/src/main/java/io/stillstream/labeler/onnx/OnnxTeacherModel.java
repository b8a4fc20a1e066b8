package io.stillstream.labeler.onnx;

import io.stillstream.labeler.model.BatchBufferPool;
import io.stillstream.labeler.model.BatchBufferPool.HostBatch;
import io.stillstream.labeler.model.DeviceBatch;
import io.stillstream.labeler.model.Pixels;
import io.stillstream.labeler.model.TeacherLoader;
import io.stillstream.labeler.model.TeacherModel;
import io.stillstream.labeler.model.ViewResizer;
import io.stillstream.labeler.probe.TeacherProbe;
import io.stillstream.runtime.config.StartupException;
import io.stillstream.runtime.model.ModelSpec;
import io.stillstream.schemas.answer.OutputShape;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * One lane of an ONNX model that computes answers for batches of images.
 *
 * <p>A float model takes float32, scaled as its description says, usually {@code [N, C, H, W]}; a
 * uint8 model takes bytes, usually {@code [N, H, W, C]}, and scales by itself. Both return float32
 * and may compute in another precision: {@code [N, K]} for classification and {@code [N, K, h, w]}
 * for segmentation, K being the number of class names, or {@code [N, D]} for embeddings.
 *
 * <p>Inference happens on the caller's thread. Safe for several threads, which wait for each other.
 */
final class OnnxTeacherModel implements TeacherModel {
  private final ModelSpec spec;
  private final OutputShape output;
  private final OrtDevice device;
  private final ViewResizer resizer;
  private final BatchBufferPool buffers;
  private final SharedOrtSession session;
  private boolean closed;

  private OnnxTeacherModel(ModelSpec spec, OrtDevice device, SharedOrtSession session) {
    this.spec = spec;
    this.output = spec.output();
    this.device = device;
    this.resizer = new ViewResizer(spec);
    this.buffers = new BatchBufferPool(spec, resizer, false);
    this.session = session;
  }

  /**
   * Loads a file once for all lanes of a device, and runs the {@link TeacherProbe} on each.
   *
   * @param threads within an operator
   * @throws StartupException if the file is missing or not usable, or if the probe fails
   */
  static List<OnnxTeacherModel> load(ModelSpec spec, OrtDevice device, int lanes, int threads) {
    SharedOrtSession session = SharedOrtSession.open(spec, device, threads);
    List<OnnxTeacherModel> loaded = new ArrayList<>();
    loaded.add(new OnnxTeacherModel(spec, device, session));
    try {
      while (loaded.size() < lanes) {
        loaded.add(new OnnxTeacherModel(spec, device, session.retain()));
      }
      loaded.forEach(lane -> TeacherProbe.check(lane, spec, spec.file()));
      return loaded;
    } catch (RuntimeException | Error e) {
      // Errors too: there may be no memory for the batch of the probe.
      loaded.forEach(OnnxTeacherModel::close);
      throw e;
    }
  }

  @Override
  public Identity identity() {
    return TeacherLoader.identity(spec);
  }

  @Override
  public String device() {
    return device.name();
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
   * @throws ClassCastException if another model has prepared the batch
   * @throws IllegalStateException if it is closed
   */
  @Override
  public synchronized float[][] answers(DeviceBatch batch) {
    if (closed) {
      throw new IllegalStateException(spec.name() + " is closed");
    }
    return session.run((HostBatch) batch);
  }

  /** A grey view, as in the probe. */
  @Override
  public Pixels knownGood() {
    return TeacherProbe.greyView(spec);
  }

  /** Waits for a batch that is being inferred. */
  @Override
  public synchronized void close() {
    if (!closed) {
      closed = true;
      session.release();
    }
  }
}
