package io.stillstream.teacher;

import io.stillstream.teacher.Suspects.Note;
import io.stillstream.teacher.labels.Answer;
import io.stillstream.teacher.labels.Answer.Reason;
import io.stillstream.teacher.labels.Answer.Refused;
import io.stillstream.teacher.labels.Examiner;
import io.stillstream.teacher.labels.Examiner.Paper;
import io.stillstream.teacher.labels.Pixels;
import io.stillstream.teacher.labels.Teacher;
import io.stillstream.teacher.labels.Term;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Set;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/**
 * One batch of views under one term. From the first native call to the last it is noted as the one
 * to suspect should the process die. Records that are suspects already are kept out of the batch
 * and tried one by one behind it; those on which the process has died alone are not tried.
 */
final class ViewWork implements Labeling.Work {
  private final List<ConsumerRecord<byte[], byte[]>> records;
  private final Set<ConsumerRecord<byte[], byte[]>> suspected;
  private final Term term;
  private final Triage triage;
  private final Examiner examiner;
  private final Outcomes outcomes;
  private final Suspects suspects;

  private Teacher teacher;
  private Note note = Note.NONE;
  private Paper paper;
  private List<Entry> entries;

  /**
   * @param suspected those of the records that must be tried alone, if at all
   * @param term closed with this work
   */
  ViewWork(
      List<ConsumerRecord<byte[], byte[]>> records,
      Set<ConsumerRecord<byte[], byte[]>> suspected,
      Term term,
      Triage triage,
      Examiner examiner,
      Outcomes outcomes,
      Suspects suspects) {
    this.records = records;
    this.suspected = suspected;
    this.term = term;
    this.triage = triage;
    this.examiner = examiner;
    this.outcomes = outcomes;
    this.suspects = suspects;
  }

  /** Otherwise it would not be known who is to blame. */
  @Override
  public boolean isExclusive() {
    return !suspected.isEmpty();
  }

  @Override
  public void decode(int lane) {
    teacher = term.lane(lane);
    note =
        suspects.note(
            suspected.isEmpty()
                ? records
                : records.stream().filter(record -> !suspected.contains(record)).toList());
    entries = new ArrayList<>(records.size());
    List<Pixels> asked = new ArrayList<>(records.size());
    for (ConsumerRecord<byte[], byte[]> record : records) {
      Entry entry =
          suspected.contains(record)
              ? new Entry(record, null, null, null)
              : triage.of(record, teacher);
      entries.add(entry);
      if (entry.pixels() != null) {
        asked.add(entry.pixels());
      }
    }
    paper = examiner.prepare(teacher, asked);
  }

  @Override
  public void infer() {
    Iterator<Answer> answers = examiner.examine(paper).iterator();
    paper.close();
    note.close();
    // The pixels are let go here.
    entries.replaceAll(entry -> entry.pixels() == null ? entry : entry.answered(answers.next()));
    if (isExclusive()) {
      entries.replaceAll(entry -> suspected.contains(entry.record()) ? tryAlone(entry) : entry);
    }
  }

  @Override
  public List<Outcome> encode() {
    List<io.stillstream.schemas.Teacher> credited = LabelWriter.teachers(term.credits());
    return entries.stream().map(entry -> outcomes.of(entry, credited)).toList();
  }

  @Override
  public void close() {
    if (paper != null) {
      paper.close();
    }
    note.close();
    term.close();
  }

  private Entry tryAlone(Entry suspect) {
    ConsumerRecord<byte[], byte[]> record = suspect.record();
    if (suspects.isGuilty(record)) {
      return suspect.answered(
          new Refused(
              Reason.CRASH,
              "the process died %d times with this view alone in the teacher's hands"
                  .formatted(Suspects.DEATHS)));
    }
    try (Note alone = suspects.noteAlone(record)) {
      Entry entry = triage.of(record, teacher);
      if (entry.pixels() != null) {
        try (Paper single = examiner.prepare(teacher, List.of(entry.pixels()))) {
          entry = entry.answered(examiner.examine(single).get(0));
        }
      }
      alone.acquit();
      return entry;
    }
  }
}
