package io.stillstream.local.erasure;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.stillstream.runtime.lookup.StandaloneConsumer;
import io.stillstream.runtime.records.BadRecordException;
import io.stillstream.runtime.records.ImageIdHash;
import io.stillstream.runtime.records.RecordValueDeserializer;
import io.stillstream.schemas.StudentEvent;
import io.stillstream.schemas.StudentEventKind;
import io.stillstream.schemas.registry.RegistryUnavailableException;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/** What trainers say of a request, from the moment at which this is opened. */
public final class ErasureConfirmations implements AutoCloseable {
  private static final Duration POLL = Duration.ofMillis(200);

  private final StandaloneConsumer consumer;
  private final RecordValueDeserializer<StudentEvent> reader;

  /**
   * @param kafka settings of clients and registry
   * @param topic of events about students
   */
  public ErasureConfirmations(Map<String, String> kafka, String topic) {
    consumer = StandaloneConsumer.open(kafka);
    // The end of now, not of the first poll: answers may come before it.
    consumer.assign(consumer.ends(consumer.partitions(topic)));
    reader = new RecordValueDeserializer<>(StudentEvent.class, kafka, new SimpleMeterRegistry());
  }

  /**
   * Waits for answers.
   *
   * @param request where it stands
   * @param students whose answers are waited for; if there are none, for the whole time
   * @return by student, its event
   */
  public SortedMap<String, StudentEvent> await(
      ImageIdHash image, String request, Set<String> students, Duration patience) {
    SortedMap<String, StudentEvent> answers = new TreeMap<>();
    long deadline = System.nanoTime() + patience.toNanos();
    while (System.nanoTime() < deadline
        && (students.isEmpty() || !answers.keySet().containsAll(students))) {
      for (ConsumerRecord<byte[], byte[]> record : consumer.poll(POLL)) {
        take(record, image, request, answers);
      }
    }
    return answers;
  }

  private void take(
      ConsumerRecord<byte[], byte[]> record,
      ImageIdHash image,
      String request,
      Map<String, StudentEvent> answers) {
    try {
      StudentEvent event = reader.deserialize(record.topic(), record.headers(), record.value());
      Map<String, String> details = event.getDetails();
      if (event.getKind() == StudentEventKind.FORGOTTEN
          && image.sha256().equals(details.get("image"))
          && request.equals(details.get("request"))) {
        answers.put(event.getStudent(), event);
      }
    } catch (BadRecordException | RegistryUnavailableException e) {
      // An answer that cannot be read is none; the report says who has not answered.
      return;
    }
  }

  @Override
  public void close() {
    consumer.close();
    reader.close();
  }
}
