package io.stillstream.labeler.torch;

import io.stillstream.runtime.config.StartupException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * Shared libraries that modules need beside libtorch, such as the runtime of Torch-TensorRT: each
 * registers its operators with libtorch when it is loaded, so it must be before a module that uses
 * them.
 */
public final class CustomOpLibraries {
  private CustomOpLibraries() {}

  /**
   * Loads them, libtorch first, in their order. For the life of the process; a second time does
   * nothing.
   *
   * @throws StartupException if one is not there or cannot be loaded
   */
  public static void load(List<Path> files) {
    for (int i = 0; i < files.size(); i++) {
      String key = "libraries[" + i + "]: ";
      Path file = files.get(i).toAbsolutePath();
      if (!Files.isRegularFile(file)) {
        throw new StartupException(key + "there is no file " + file);
      }
      // Starts libtorch, if nothing has yet.
      TorchDevice.choose(TorchDevice.AUTO);
      try {
        System.load(file.toString());
      } catch (UnsatisfiedLinkError e) {
        throw new StartupException(key + "cannot be loaded: " + e.getMessage(), e);
      }
    }
  }
}
