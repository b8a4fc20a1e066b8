package io.stillstream.trainer.release;

import io.stillstream.schemas.StudentRelease;
import io.stillstream.schemas.values.Sha256;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * A release as it lies on disk.
 *
 * @param directory a model directory: student.pt, student.onnx if there is one, student.yaml, and
 *     the card
 */
public record Release(Path directory, ModelCard card) {

  /**
   * Reads the card of a version.
   *
   * @throws ReleaseException if it is not there, or its card is damaged or lacks something
   */
  public static Release read(ReleaseStore store, long version) throws ReleaseException {
    Path directory = store.directory(version);
    if (!store.exists(version)) {
      throw new ReleaseException("there is no version " + version + " in " + store.root());
    }
    try {
      ModelCard card = ModelCard.read(directory);
      if (card.version() != version) {
        throw new ReleaseException(
            directory + " is damaged: its card is of version " + card.version());
      }
      requireComplete(directory, card);
      return new Release(directory, card);
    } catch (ReleaseException e) {
      throw e;
    } catch (IOException e) {
      throw new ReleaseException(
          directory + " is damaged: its " + ModelCard.NAME + " cannot be read: " + reason(e), e);
    }
  }

  /** Damage may leave JSON that lacks what a release consists of. */
  private static void requireComplete(Path directory, ModelCard card) throws ReleaseException {
    try {
      Path unused = directory.resolve(card.file());
      StudentRelease unusedToo = card.event(directory);
    } catch (RuntimeException e) {
      throw new ReleaseException(
          directory + " is damaged: its " + ModelCard.NAME + " lacks something", e);
    }
  }

  /**
   * The bytes of the model.
   *
   * @throws ReleaseException if they are not those that the card was made for
   */
  public byte[] model() throws ReleaseException {
    return read(card.file(), card.sha256());
  }

  /**
   * Makes sure that the files of the model are those that the card was made for.
   *
   * @throws ReleaseException naming the one that is not
   */
  public void verify() throws ReleaseException {
    byte[] unused = model();
    if (card.onnx() != null) {
      byte[] unusedToo = read(card.onnx().file(), card.onnx().sha256());
    }
  }

  private byte[] read(String name, String expected) throws ReleaseException {
    Path file = directory.resolve(name);
    byte[] bytes;
    try {
      bytes = Files.readAllBytes(file);
    } catch (IOException e) {
      throw new ReleaseException(file + " cannot be read: " + reason(e), e);
    }
    String sha256 = Sha256.hex(bytes);
    if (!sha256.equals(expected)) {
      throw new ReleaseException(
          file + " is damaged: its sha256 is " + sha256 + ", by its card " + expected);
    }
    return bytes;
  }

  /** The event that makes it the one to serve. */
  public StudentRelease event() {
    return card.event(directory);
  }

  private static String reason(IOException e) {
    return e.getMessage() == null
        ? e.getClass().getSimpleName()
        : e.getMessage().lines().findFirst().orElse("");
  }
}
