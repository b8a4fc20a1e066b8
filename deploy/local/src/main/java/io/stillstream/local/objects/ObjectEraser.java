package io.stillstream.local.objects;

import io.stillstream.augmenter.fetch.FetchSettings;
import io.stillstream.augmenter.fetch.ObjectAddress;
import io.stillstream.augmenter.fetch.ObjectReference;
import io.stillstream.augmenter.fetch.ObjectRejection;
import io.stillstream.augmenter.fetch.ObjectSource;
import io.stillstream.augmenter.fetch.RejectedObjectException;
import io.stillstream.augmenter.fetch.UnavailableObjectException;
import io.stillstream.augmenter.fetch.source.ObjectSources;
import io.stillstream.local.exit.CommandFailedException;
import io.stillstream.runtime.config.StartupException;
import io.stillstream.runtime.config.YamlSettings;
import io.stillstream.schemas.values.Sha256;
import io.stillstream.trainer.replica.objectstore.ObjectStore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;

/**
 * Deletes the objects of images by reference. An object is read first, so that only what the
 * settings allow to be read, and only what is still the image, is deleted; and it is read again
 * after, so that only what is gone is said to be.
 */
public final class ObjectEraser implements AutoCloseable {
  private final FetchSettings settings;
  private final ObjectSource source;

  /** The file of settings. */
  public record Config(FetchSettings fetch) {}

  /**
   * Reads a file with {@code fetch}, as the augmenter's settings have it.
   *
   * @throws StartupException naming what is wrong, or that it allows nothing
   */
  public static FetchSettings settings(Path file) {
    FetchSettings fetch = YamlSettings.load(file, Config.class, System.getenv()).fetch();
    if (fetch.allow().isEmpty()) {
      throw new StartupException(
          "--delete-objects " + file + ": fetch.allow names no prefix, so nothing may be deleted");
    }
    return fetch;
  }

  /** Deletes below the prefixes that the settings allow, with their credentials. */
  public ObjectEraser(FetchSettings settings) {
    this.settings = settings;
    this.source = ObjectSources.open(settings);
  }

  /**
   * What came of an object.
   *
   * @param isGone whether there is none at its address
   * @param text in words
   */
  public record Result(boolean isGone, String text) {}

  /**
   * Deletes an object, if it may.
   *
   * @param sha256 those that records of the image name; the object has one of them, or it is
   *     another image by now; if there are none, it is not checked
   */
  public Result erase(String uri, Set<String> sha256) {
    try {
      byte[] object = read(uri);
      String found = Sha256.hex(object);
      if (!sha256.isEmpty() && !sha256.contains(found)) {
        return kept("changed: it is another object now, its SHA-256 is " + found);
      }
      ObjectAddress address = ObjectAddress.parse(uri);
      if (address.isWeb()) {
        return kept("http and https only read: delete it in the store behind them");
      }
      delete(address);
    } catch (RejectedObjectException e) {
      return e.reason() == ObjectRejection.NOT_FOUND
          ? new Result(true, "is gone already")
          : kept(e.reason().tag() + ": " + e.getMessage());
    } catch (UnavailableObjectException | IOException e) {
      return kept("unavailable: " + e.getMessage());
    }
    return verified(uri);
  }

  @Override
  public void close() {
    source.close();
  }

  private Result verified(String uri) {
    try {
      byte[] unused = read(uri);
      return kept("its store has accepted the deletion, but still delivers it");
    } catch (RejectedObjectException e) {
      return e.reason() == ObjectRejection.NOT_FOUND
          ? new Result(true, "deleted, and found no more")
          : kept(e.reason().tag() + ": after the deletion: " + e.getMessage());
    } catch (UnavailableObjectException e) {
      return kept("unavailable: after the deletion: " + e.getMessage());
    }
  }

  private byte[] read(String uri) {
    try {
      return source.read(new ObjectReference(uri, OptionalLong.empty(), Optional.empty()));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new CommandFailedException("interrupted", e);
    }
  }

  private void delete(ObjectAddress address) throws IOException {
    if (address.scheme().equals("file")) {
      Path path = Path.of(address.path());
      Path real = path.toRealPath();
      Files.delete(real);
      boolean unused = Files.deleteIfExists(path); // a link to it
      return;
    }
    try (ObjectStore bucket = S3Buckets.open(settings.store(), address.host())) {
      bucket.delete(List.of(address.path().substring(1)));
    }
  }

  private static Result kept(String why) {
    return new Result(false, "not deleted, " + why);
  }
}
