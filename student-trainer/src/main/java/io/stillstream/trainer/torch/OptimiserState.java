package io.stillstream.trainer.torch;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToIntFunction;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What an optimiser remembers from step to step: how often it has updated, and some tensors per
 * weight, of the weight's shape and zero at first. With it goes the factor of the rate.
 *
 * <p>As bytes, big-endian: the format's tag, the optimiser's kind, the factor, the updates, and per
 * weight its name and its tensors. The first format had no tag, no kind, no factor and two tensors;
 * it began with the updates, which are never negative, and is still read.
 */
final class OptimiserState {
  private static final Logger LOG = LoggerFactory.getLogger(OptimiserState.class);
  private static final long FORMAT_2 = -2;
  private static final String FIRST_KIND = "adamw";
  private static final int FIRST_SLOTS = 2;

  private final String kind;
  private final Map<String, List<NDArray>> tensors = new LinkedHashMap<>();
  private long updates;

  /**
   * @param manager lives as long as this
   * @param slots tensors of a weight, by its name
   */
  OptimiserState(
      NDManager manager, String kind, ToIntFunction<String> slots, Map<String, NDArray> weights) {
    this.kind = kind;
    weights.forEach(
        (name, weight) -> {
          List<NDArray> own = new ArrayList<>();
          int count = slots.applyAsInt(name);
          for (int i = 0; i < count; i++) {
            own.add(manager.zeros(weight.getShape()));
          }
          tensors.put(name, own);
        });
  }

  /** The tensor of a weight, to be changed in place. */
  NDArray tensor(String weight, int slot) {
    return tensors.get(weight).get(slot);
  }

  /** Counts an update, and says the how manieth it is. */
  long nextUpdate() {
    return ++updates;
  }

  byte[] save(double rateFactor) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try {
      save(new DataOutputStream(bytes), rateFactor);
    } catch (IOException e) {
      throw new UncheckedIOException("a stream in memory", e);
    }
    return bytes.toByteArray();
  }

  private void save(DataOutputStream out, double rateFactor) throws IOException {
    out.writeLong(FORMAT_2);
    out.writeUTF(kind);
    out.writeDouble(rateFactor);
    out.writeLong(updates);
    out.writeInt(tensors.size());
    for (Map.Entry<String, List<NDArray>> entry : tensors.entrySet()) {
      out.writeUTF(entry.getKey());
      out.writeInt(entry.getValue().size());
      for (NDArray tensor : entry.getValue()) {
        write(out, tensor);
      }
    }
  }

  /**
   * Restores a saved state. That of another kind of optimiser cannot be used: then this one begins
   * anew.
   *
   * @return the factor of the rate
   * @throws IOException if it is of other weights
   */
  double restore(DataInputStream in) throws IOException {
    long tag = in.readLong();
    if (tag >= 0) {
      updates = tag;
      restoreTensors(in, FIRST_KIND, false);
      return 1;
    }
    if (tag != FORMAT_2) {
      throw new IOException("unknown format " + -tag);
    }
    String saved = in.readUTF();
    double rateFactor = in.readDouble();
    updates = in.readLong();
    restoreTensors(in, saved, true);
    return rateFactor;
  }

  private void restoreTensors(DataInputStream in, String saved, boolean saysSlots)
      throws IOException {
    if (!saved.equals(kind)) {
      LOG.atWarn()
          .addKeyValue("saved", saved)
          .addKeyValue("configured", kind)
          .log("Optimiser was changed, its memory begins anew");
      updates = 0;
      return;
    }
    int count = in.readInt();
    if (count != tensors.size()) {
      throw new IOException("state of " + count + " weights, there are " + tensors.size());
    }
    for (Map.Entry<String, List<NDArray>> entry : tensors.entrySet()) {
      String stored = in.readUTF();
      if (!stored.equals(entry.getKey())) {
        throw new IOException("state of " + stored + " where " + entry.getKey() + " was expected");
      }
      int slots = entry.getValue().size();
      int own = saysSlots ? in.readInt() : FIRST_SLOTS;
      if (own != slots) {
        throw new IOException(own + " tensors of " + stored + " where " + slots + " were expected");
      }
      for (NDArray tensor : entry.getValue()) {
        read(in, tensor);
      }
    }
  }

  private static void write(DataOutputStream out, NDArray tensor) throws IOException {
    float[] values = Libtorch.floats(tensor);
    out.writeInt(values.length);
    ByteBuffer bytes = ByteBuffer.allocate(4 * values.length);
    bytes.asFloatBuffer().put(values);
    out.write(bytes.array());
  }

  private static void read(DataInputStream in, NDArray tensor) throws IOException {
    int length = in.readInt();
    Shape shape = tensor.getShape();
    if (length != shape.size()) {
      throw new IOException(length + " values where " + shape.size() + " were expected");
    }
    ByteBuffer bytes = ByteBuffer.wrap(in.readNBytes(4 * length));
    float[] values = new float[length];
    bytes.asFloatBuffer().get(values);
    try (NDArray source = tensor.getManager().create(values, shape)) {
      TensorBackup.copy(source, tensor);
    }
  }
}
