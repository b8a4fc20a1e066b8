package io.stillstream.trainer.training.buffer;

/**
 * Finds the views of former teachers in the order of their places, so that they can be replaced
 * first. Views only ever come to a place that has been passed by {@link #moved}, so where to go on
 * need not be saved: searching from the first place finds the same one.
 */
final class StaleTeacherEviction {
  private long teacher;
  private int cursor;

  /** Begins, or with 0 ends. */
  void begin(long currentTeacher) {
    teacher = currentTeacher;
    cursor = 0;
  }

  /** The teacher whose views are not looked for; 0 when none are left. */
  long teacher() {
    return teacher;
  }

  /** The place of the next one, or −1. */
  int next(BufferSlots slots) {
    if (teacher == 0) {
      return -1;
    }
    while (cursor < slots.size()) {
      if (slots.get(cursor).isFromAnother(teacher)) {
        return cursor;
      }
      cursor++;
    }
    teacher = 0;
    return -1;
  }

  /** Another view has come to a place. */
  void moved(int place) {
    cursor = Math.min(cursor, place);
  }
}
