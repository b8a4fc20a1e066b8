package io.stillstream.labeler.torch;

import io.stillstream.labeler.model.TeacherLoader;
import io.stillstream.labeler.model.TeacherModel;
import io.stillstream.labeler.probe.TeacherProbe;
import io.stillstream.runtime.config.StartupException;
import io.stillstream.runtime.model.ModelSpec;
import java.util.ArrayList;
import java.util.List;

/**
 * Loads TorchScript modules, once for each device, and has every lane answer batches of the sizes
 * that will come.
 */
public final class TorchTeacherLoader implements TeacherLoader {
  private final String devices;
  private final int streams;
  private final int[] sizes;

  /**
   * @param devices as the setting has them; chosen when a module is loaded
   * @param streams lanes on each device
   * @param sizes of the batches that will come
   */
  public TorchTeacherLoader(String devices, int streams, List<Integer> sizes) {
    this.devices = devices;
    this.streams = streams;
    this.sizes = sizes.stream().mapToInt(Integer::intValue).toArray();
  }

  @Override
  public List<TeacherModel> load(ModelSpec spec) {
    List<TorchDevice> chosen = TorchDevice.choose(devices);
    List<List<TorchScriptModel>> loaded = new ArrayList<>();
    try {
      for (TorchDevice device : chosen) {
        loaded.add(TorchScriptModel.load(spec, device, streams));
      }
      loaded.forEach(lanes -> lanes.forEach(lane -> TeacherProbe.warmUp(lane, sizes)));
    } catch (RuntimeException | Error e) {
      loaded.forEach(lanes -> lanes.forEach(TorchScriptModel::close));
      if (e instanceof StartupException) {
        throw new StartupException("teacher: " + e.getMessage(), e);
      }
      throw e;
    }
    // One lane of each device, then the next of each: few batches are shared out among devices.
    List<TeacherModel> lanes = new ArrayList<>();
    for (int stream = 0; stream < streams; stream++) {
      for (List<TorchScriptModel> device : loaded) {
        lanes.add(device.get(stream));
      }
    }
    return lanes;
  }
}
