package io.stillstream.trainer.input;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.stillstream.schemas.Teacher;
import java.util.List;

/** A number for the teachers behind a view, to tell them from others: FNV-1a over what they are. */
final class TeacherFingerprint {
  private static final long BASIS = 0xCBF29CE484222325L;
  private static final long PRIME = 0x100000001B3L;

  private TeacherFingerprint() {}

  /** Another number for other files or weights; 0 for no teacher. */
  static long of(List<Teacher> teachers) {
    if (teachers.isEmpty()) {
      return 0;
    }
    long key = BASIS;
    for (Teacher teacher : teachers) {
      for (byte b : (teacher.getSha256() + '*' + teacher.getWeight() + ';').getBytes(UTF_8)) {
        key = (key ^ (b & 0xFF)) * PRIME;
      }
    }
    return key == 0 ? 1 : key;
  }
}
