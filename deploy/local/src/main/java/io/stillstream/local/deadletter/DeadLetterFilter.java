package io.stillstream.local.deadletter;

import java.time.Instant;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;

/**
 * Selects dead letters: those that meet all given conditions.
 *
 * @param reasons any of them; empty for all
 * @param services any of them; empty for all
 * @param since written then or later
 * @param until written before then
 * @param partition of the dead letter itself
 * @param offset of the dead letter itself
 * @param imageId the key of the record
 */
public record DeadLetterFilter(
    Set<String> reasons,
    Set<String> services,
    Optional<Instant> since,
    Optional<Instant> until,
    Optional<Integer> partition,
    Optional<Long> offset,
    Optional<String> imageId)
    implements Predicate<DeadLetterRecord> {
  public DeadLetterFilter {
    reasons = Set.copyOf(reasons);
    services = Set.copyOf(services);
  }

  /** Selects all dead letters. */
  public static DeadLetterFilter all() {
    return new DeadLetterFilter(
        Set.of(),
        Set.of(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty());
  }

  /** Selects one dead letter. */
  public static DeadLetterFilter at(int partition, long offset) {
    return new DeadLetterFilter(
        Set.of(),
        Set.of(),
        Optional.empty(),
        Optional.empty(),
        Optional.of(partition),
        Optional.of(offset),
        Optional.empty());
  }

  /** Whether it lets everything through. */
  public boolean isOpen() {
    return equals(all());
  }

  @Override
  public boolean test(DeadLetterRecord letter) {
    return (reasons.isEmpty() || reasons.contains(letter.reason()))
        && (services.isEmpty() || services.contains(letter.service()))
        && since.map(time -> !letter.time().isBefore(time)).orElse(true)
        && until.map(time -> letter.time().isBefore(time)).orElse(true)
        && partition.map(number -> number == letter.coordinates().partition()).orElse(true)
        && offset.map(number -> number == letter.coordinates().offset()).orElse(true)
        && (imageId.isEmpty() || imageId.equals(letter.imageId()));
  }
}
