package io.stillstream.trainer.replica.objectstore;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import software.amazon.awssdk.core.exception.SdkException;

/** An object that is being read: whatever ends that early is an {@link IOException}. */
final class S3ObjectInputStream extends FilterInputStream {
  S3ObjectInputStream(InputStream in) {
    super(in);
  }

  @Override
  public int read() throws IOException {
    try {
      return super.read();
    } catch (SdkException e) {
      throw new IOException(e.getMessage(), e);
    }
  }

  @Override
  public int read(byte[] bytes, int offset, int length) throws IOException {
    try {
      return super.read(bytes, offset, length);
    } catch (SdkException e) {
      throw new IOException(e.getMessage(), e);
    }
  }

  @Override
  public void close() throws IOException {
    try {
      super.close();
    } catch (SdkException e) {
      throw new IOException(e.getMessage(), e);
    }
  }
}
