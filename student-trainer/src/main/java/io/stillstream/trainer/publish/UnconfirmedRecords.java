package io.stillstream.trainer.publish;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Predicate;

/**
 * Records for one topic, each sent again until a broker has it or none ever will. While the topic
 * fails, one is tried at a time, the oldest. Nothing here waits. Belongs to one thread.
 *
 * @param <T> what a record is made of
 */
final class UnconfirmedRecords<T> {
  private final String topic;
  private final AsyncRecordSender sender;
  private final int mostSending;
  private final Function<T, byte[]> key;
  private final Function<T, Object> value;
  private final List<Unconfirmed<T>> waiting = new ArrayList<>();

  /**
   * @param mostSending so many are under way at a time
   */
  UnconfirmedRecords(
      String topic,
      AsyncRecordSender sender,
      int mostSending,
      Function<T, byte[]> key,
      Function<T, Object> value) {
    this.topic = topic;
    this.sender = sender;
    this.mostSending = mostSending;
    this.key = key;
    this.value = value;
  }

  private record Unconfirmed<T>(T record, Optional<AsyncRecordSender.SendResult> sent) {
    boolean isDelivered() {
      return sent.isPresent() && sent.get().isDelivered();
    }

    boolean isRefused() {
      return sent.isPresent() && sent.get().isRefused();
    }

    boolean isSending() {
      return sent.isPresent() && !sent.get().isDone();
    }
  }

  /** Records that wait no longer. */
  record Settled<T>(List<T> delivered, List<T> refused) {}

  /** Lets records wait that have not been sent, without sending them. */
  void restore(List<T> records) {
    records.forEach(each -> waiting.add(new Unconfirmed<>(each, Optional.empty())));
  }

  /** Sends a record, unless the topic fails or enough are under way. */
  void add(T record) {
    boolean waits = sender.isFailing(topic) || sending() >= mostSending;
    waiting.add(new Unconfirmed<>(record, waits ? Optional.empty() : send(record)));
  }

  /** Forgets what a broker has, and what none will ever take. */
  Settled<T> settle() {
    List<T> delivered = new ArrayList<>();
    List<T> refused = new ArrayList<>();
    waiting.removeIf(
        each -> {
          // Each is asked once: another thread may complete it in between.
          boolean isDelivered = each.isDelivered();
          boolean isRefused = !isDelivered && each.isRefused();
          if (isDelivered) {
            delivered.add(each.record);
          } else if (isRefused) {
            refused.add(each.record);
            sender.gaveUp(topic);
          }
          return isDelivered || isRefused;
        });
    return new Settled<>(delivered, refused);
  }

  /** Sends once more what did not arrive; the oldest alone while the topic fails. */
  void resend() {
    boolean isFailing = sender.isFailing(topic);
    int room = mostSending - sending();
    if (isFailing && room < mostSending) {
      return;
    }
    for (int i = 0; i < waiting.size() && room > 0; i++) {
      Unconfirmed<T> each = waiting.get(i);
      // One may arrive between being settled and this: it must not be sent a second time.
      if (!each.isSending() && !each.isDelivered()) {
        Optional<AsyncRecordSender.SendResult> sent = send(each.record);
        waiting.set(i, new Unconfirmed<>(each.record, sent));
        room--;
        if (isFailing || sent.isEmpty()) {
          return;
        }
      }
    }
  }

  /** Records that no broker is known to have, oldest first. */
  List<T> records() {
    return waiting.stream().map(Unconfirmed::record).toList();
  }

  int size() {
    return waiting.size();
  }

  /** Forgets records; those that are under way may still arrive. */
  void removeIf(Predicate<T> filter) {
    waiting.removeIf(each -> filter.test(each.record));
  }

  private int sending() {
    return (int) waiting.stream().filter(Unconfirmed::isSending).count();
  }

  private Optional<AsyncRecordSender.SendResult> send(T record) {
    return sender.offer(topic, key.apply(record), value.apply(record));
  }
}
