package io.stillstream.labeler.torch;

import io.stillstream.labeler.model.DeviceBatch;
import io.stillstream.labeler.model.FakeDeviceBatch;
import io.stillstream.labeler.model.Pixels;
import io.stillstream.labeler.model.TeacherModel;
import io.stillstream.schemas.answer.OutputShape;
import java.util.List;
import java.util.Optional;

/** A teacher that takes any view, of three classes by default; its subclass says how it answers. */
public abstract class FixtureTeacherModel implements TeacherModel {
  private final String name;

  protected FixtureTeacherModel(String name) {
    this.name = name;
  }

  @Override
  public final Identity identity() {
    return new Identity(name, "1", "00", "test");
  }

  @Override
  public OutputShape output() {
    return OutputShape.classification(3);
  }

  @Override
  public final Optional<String> rejectionReason(Pixels view) {
    return Optional.empty();
  }

  @Override
  public DeviceBatch prepare(List<Pixels> views) {
    return new FakeDeviceBatch(views);
  }

  @Override
  public final Pixels knownGood() {
    return TeacherModelFixtures.pixels(0);
  }

  @Override
  public void close() {}
}
