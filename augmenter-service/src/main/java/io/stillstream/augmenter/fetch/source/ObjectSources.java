package io.stillstream.augmenter.fetch.source;

import io.stillstream.augmenter.fetch.FetchSettings;
import io.stillstream.augmenter.fetch.ObjectReference;
import io.stillstream.augmenter.fetch.ObjectSource;

/** The sources of all schemes as one. An address that no prefix covers is rejected, unseen. */
public final class ObjectSources implements ObjectSource {
  private ObjectSources() {}

  /**
   * Opens the clients. Nothing is connected to yet.
   *
   * @throws io.stillstream.runtime.config.StartupException naming the setting, if one of its files
   *     cannot be used
   */
  public static ObjectSource open(FetchSettings settings) {
    throw new UnsupportedOperationException(settings.toString());
  }

  @Override
  public byte[] read(ObjectReference reference) {
    throw new UnsupportedOperationException();
  }

  @Override
  public void close() {}
}
