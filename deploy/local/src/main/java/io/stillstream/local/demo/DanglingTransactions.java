package io.stillstream.local.demo;

import io.stillstream.runtime.StartupException;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ListTransactionsOptions;
import org.apache.kafka.clients.admin.TransactionListing;
import org.apache.kafka.clients.admin.TransactionState;
import org.apache.kafka.common.KafkaFuture;

/**
 * Ends the transactions of a run that was killed. Kafka Streams takes new transactional ids at
 * every start, so nobody else would end its last one before it times out, and until then no reader
 * of committed records passes it.
 */
final class DanglingTransactions {
  private static final String WARM_UP = "stillstream-demo-warm-up";
  private static final long PATIENCE_SECONDS = 30;

  private DanglingTransactions() {}

  /**
   * To be called while nobody else writes.
   *
   * @return how many there were
   */
  static int fence(Map<String, Object> adminSettings) {
    try (Admin admin = Admin.create(adminSettings)) {
      // A coordinator that has not loaded its log yet lists nothing; fencing waits until it has.
      await(admin.fenceProducers(List.of(WARM_UP)).all());
      Set<String> ids =
          await(
                  admin
                      .listTransactions(
                          new ListTransactionsOptions()
                              .filterStates(List.of(TransactionState.ONGOING)))
                      .all())
              .stream()
              .map(TransactionListing::transactionalId)
              .collect(Collectors.toSet());
      if (!ids.isEmpty()) {
        await(admin.fenceProducers(ids).all());
      }
      return ids.size();
    }
  }

  private static <T> T await(KafkaFuture<T> future) {
    try {
      return future.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
    } catch (ExecutionException | TimeoutException e) {
      throw new StartupException("transactions of the last run could not be ended: " + e, e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new StartupException("interrupted", e);
    }
  }
}
