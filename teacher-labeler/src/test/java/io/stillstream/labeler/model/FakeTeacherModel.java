package io.stillstream.labeler.model;

import io.stillstream.schemas.answer.OutputShape;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;

/** Takes square grey views of one size, or of any, and always gives the same answer. */
public final class FakeTeacherModel implements TeacherModel {
  private final Identity identity;
  private final int size;
  private final OutputShape output;
  private final float[] answer;
  public final AtomicBoolean closed = new AtomicBoolean();
  public int open;

  /**
   * Creates a fake teacher model.
   *
   * @param size 0 for any
   */
  public FakeTeacherModel(Identity identity, int size, OutputShape output, float... answer) {
    this.identity = identity;
    this.size = size;
    this.output = output;
    this.answer = answer;
  }

  /** A classifier. */
  public static FakeTeacherModel named(String name, int size, float... logits) {
    return of(OutputShape.classification(logits.length), name, size, logits);
  }

  public static FakeTeacherModel of(OutputShape output, String name, int size, float... answer) {
    return new FakeTeacherModel(new Identity(name, "1", "00", "test"), size, output, answer);
  }

  /** A grey view. */
  public static Pixels view(int size) {
    byte[] bytes = new byte[size * size];
    Arrays.fill(bytes, (byte) 128);
    return new Pixels(size, size, 1, bytes);
  }

  @Override
  public Identity identity() {
    return identity;
  }

  @Override
  public OutputShape output() {
    return output;
  }

  @Override
  public Optional<String> rejectionReason(Pixels view) {
    return size == 0 || view.height() == size
        ? Optional.empty()
        : Optional.of(identity.name() + " does not take " + view);
  }

  @Override
  public DeviceBatch prepare(List<Pixels> views) {
    open++;
    return new Counted(views.size());
  }

  @Override
  public float[][] answers(DeviceBatch batch) {
    if (closed.get()) {
      throw new IllegalStateException(identity.name() + " is closed");
    }
    float[][] rows = new float[batch.size()][];
    Arrays.setAll(rows, n -> answer.clone());
    return rows;
  }

  @Override
  public Pixels knownGood() {
    return view(size == 0 ? 1 : size);
  }

  @Override
  public void close() {
    if (closed.getAndSet(true)) {
      throw new IllegalStateException(identity.name() + " was closed before");
    }
  }

  private final class Counted implements DeviceBatch {
    private final int views;

    private Counted(int views) {
      this.views = views;
    }

    @Override
    public int size() {
      return views;
    }

    @Override
    public void close() {
      open--;
    }
  }
}
