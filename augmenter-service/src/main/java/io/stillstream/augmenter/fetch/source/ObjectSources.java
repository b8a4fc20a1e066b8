package io.stillstream.augmenter.fetch.source;

import io.stillstream.augmenter.fetch.AllowedPrefix;
import io.stillstream.augmenter.fetch.FetchSettings;
import io.stillstream.augmenter.fetch.ObjectAddress;
import io.stillstream.augmenter.fetch.ObjectReference;
import io.stillstream.augmenter.fetch.ObjectRejection;
import io.stillstream.augmenter.fetch.ObjectRoom;
import io.stillstream.augmenter.fetch.ObjectSource;
import io.stillstream.augmenter.fetch.RejectedObjectException;
import io.stillstream.augmenter.fetch.UnavailableObjectException;
import io.stillstream.schemas.values.Sha256;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.apache.hc.client5.http.DnsResolver;
import org.apache.hc.client5.http.SystemDefaultDnsResolver;

/** The sources of all schemes as one. An address that no prefix covers is rejected, unseen. */
public final class ObjectSources implements ObjectSource {
  private final AllowList allowed;
  private final long maxBytes;
  private final Map<String, SchemeReader> readers;
  private final ReadableObjects readable = new ReadableObjects();

  private ObjectSources(AllowList allowed, long maxBytes, Map<String, SchemeReader> readers) {
    this.allowed = allowed;
    this.maxBytes = maxBytes;
    this.readers = Map.copyOf(readers);
  }

  /**
   * Opens the clients. Nothing is connected to yet.
   *
   * @throws io.stillstream.runtime.config.StartupException naming the setting, if one of its files
   *     cannot be used
   */
  public static ObjectSource open(FetchSettings settings) {
    return open(settings, SystemDefaultDnsResolver.INSTANCE);
  }

  static ObjectSource open(FetchSettings settings, DnsResolver names) {
    AllowList allowed = new AllowList(settings.allow());
    Map<String, SchemeReader> readers = new HashMap<>();
    readers.put("file", new FileObjectReader(allowed));
    try {
      if (allowed.hasWeb()) {
        HttpObjectReader web = new HttpObjectReader(settings, allowed, names);
        readers.put("http", web);
        readers.put("https", web);
      }
      if (allowed.hasStore()) {
        readers.put("s3", new S3ObjectReader(settings));
      }
    } catch (RuntimeException e) {
      readers.values().forEach(SchemeReader::close);
      throw e;
    }
    return new ObjectSources(allowed, settings.maxBytes(), readers);
  }

  @Override
  public byte[] read(ObjectReference reference) throws InterruptedException {
    return read(reference, bytes -> {});
  }

  @Override
  public byte[] read(ObjectReference reference, ObjectRoom room) throws InterruptedException {
    ObjectAddress address = parse(reference.uri());
    AllowedPrefix prefix = allowed.covering(address);
    SizeLimit limit = new SizeLimit(maxBytes, reference.size(), room);
    reference.size().ifPresent(size -> limit.check(address, size));
    byte[] bytes = read(address, prefix, limit);
    readable.add(prefix, address);
    requireHash(address, reference.sha256(), bytes);
    return bytes;
  }

  private byte[] read(ObjectAddress address, AllowedPrefix prefix, SizeLimit limit)
      throws InterruptedException {
    SchemeReader reader = readers.get(address.scheme());
    try {
      return reader.read(address, limit);
    } catch (RefusedObjectException e) {
      if (readable.canReadAgain(prefix, reader)) {
        throw new RejectedObjectException(
            ObjectRejection.NOT_ALLOWED, e.getMessage() + ", unlike others of its prefix");
      }
      throw new UnavailableObjectException(e.getMessage(), e);
    }
  }

  private static ObjectAddress parse(String uri) {
    try {
      return ObjectAddress.parse(uri);
    } catch (IllegalArgumentException e) {
      throw new RejectedObjectException(
          ObjectRejection.NOT_ALLOWED, "the address of an image " + e.getMessage());
    }
  }

  private static void requireHash(ObjectAddress address, Optional<String> expected, byte[] bytes) {
    if (expected.isPresent() && !expected.get().equals(Sha256.hex(bytes))) {
      throw new RejectedObjectException(
          ObjectRejection.CHANGED, address + " has another SHA-256 than its event says");
    }
  }

  @Override
  public void close() {
    readers.values().forEach(SchemeReader::close);
  }
}
