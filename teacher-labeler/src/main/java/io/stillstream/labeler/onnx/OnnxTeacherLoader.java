package io.stillstream.labeler.onnx;

import io.stillstream.labeler.model.TeacherLoader;
import io.stillstream.labeler.model.TeacherModel;
import io.stillstream.labeler.probe.TeacherProbe;
import io.stillstream.runtime.config.StartupException;
import io.stillstream.runtime.model.ModelSpec;
import java.util.ArrayList;
import java.util.List;

/**
 * Loads ONNX files, once for each device, and has every lane answer batches of the sizes that will
 * come.
 */
public final class OnnxTeacherLoader implements TeacherLoader {
  private final String devices;
  private final int streams;
  private final int threads;
  private final int[] sizes;

  /**
   * @param devices as the setting has them; chosen when a model is loaded
   * @param streams lanes on each device
   * @param threads within an operator
   * @param sizes of the batches that will come
   */
  public OnnxTeacherLoader(String devices, int streams, int threads, List<Integer> sizes) {
    this.devices = devices;
    this.streams = streams;
    this.threads = threads;
    this.sizes = sizes.stream().mapToInt(Integer::intValue).toArray();
  }

  /**
   * One lane on the first GPU that ONNX Runtime can use, or else on the CPU, not warmed up.
   *
   * @param threads within an operator
   * @throws StartupException if the model is not usable; the message starts with its file
   */
  public static TeacherModel loadOne(ModelSpec spec, int threads) {
    return OnnxTeacherModel.load(spec, OrtDevice.choose("auto").get(0), 1, threads).get(0);
  }

  @Override
  public List<TeacherModel> load(ModelSpec spec) {
    List<OrtDevice> chosen = OrtDevice.choose(devices);
    List<List<OnnxTeacherModel>> loaded = new ArrayList<>();
    try {
      for (OrtDevice device : chosen) {
        loaded.add(OnnxTeacherModel.load(spec, device, streams, threads));
      }
      loaded.forEach(lanes -> lanes.forEach(lane -> TeacherProbe.warmUp(lane, sizes)));
    } catch (RuntimeException | Error e) {
      loaded.forEach(lanes -> lanes.forEach(OnnxTeacherModel::close));
      if (e instanceof StartupException) {
        throw new StartupException("teacher: " + e.getMessage(), e);
      }
      throw e;
    }
    // One lane of each device, then the next of each: few batches are shared out among devices.
    List<TeacherModel> lanes = new ArrayList<>();
    for (int stream = 0; stream < streams; stream++) {
      for (List<OnnxTeacherModel> device : loaded) {
        lanes.add(device.get(stream));
      }
    }
    return lanes;
  }
}
