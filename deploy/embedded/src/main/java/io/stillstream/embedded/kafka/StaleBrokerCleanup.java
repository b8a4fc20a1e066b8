package io.stillstream.embedded.kafka;

import io.stillstream.embedded.EmbeddedException;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.common.errors.BrokerIdNotRegisteredException;
import org.apache.kafka.common.errors.NotControllerException;
import org.apache.kafka.common.message.RequestHeaderData;
import org.apache.kafka.common.security.auth.KafkaPrincipal;
import org.apache.kafka.controller.Controller;
import org.apache.kafka.controller.ControllerRequestContext;
import org.apache.kafka.image.MetadataDelta;
import org.apache.kafka.image.MetadataImage;
import org.apache.kafka.image.loader.LoaderManifest;
import org.apache.kafka.image.loader.MetadataLoader;
import org.apache.kafka.image.publisher.MetadataPublisher;

/**
 * Unregisters the broker of an earlier process.
 *
 * <p>After kill -9 the metadata still call it alive and the leader of all partitions. A broker that
 * starts on them leads at once, under the registration of the killed broker, until the controller
 * refuses to renew that: then it loses all partitions and gets them back a moment later. In that
 * moment Kafka 4.3 forgets transaction markers that are yet to be written (KAFKA-20734), and the
 * transaction hangs for ever: decided for its coordinator, open in its partitions (KIP-664).
 */
final class StaleBrokerCleanup implements MetadataPublisher {
  private static final long PATIENCE_SECONDS = 30;

  private final int id;
  private final CompletableFuture<Void> gone = new CompletableFuture<>();

  private StaleBrokerCleanup(int id) {
    this.id = id;
  }

  /**
   * Returns when the loader's metadata, which a broker starts from, know no broker of this id. To
   * be called when the controller runs and the broker does not.
   *
   * @throws EmbeddedException when the controller does not do it in time
   */
  static void unregister(int id, Controller controller, MetadataLoader loader) {
    StaleBrokerCleanup former = new StaleBrokerCleanup(id);
    try {
      await(loader.installPublishers(List.of(former)));
      unregister(id, controller);
      await(former.gone);
      await(loader.removeAndClosePublisher(former));
    } catch (ExecutionException | TimeoutException e) {
      throw new EmbeddedException("the broker of the last run could not be unregistered: " + e, e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new EmbeddedException("interrupted", e);
    }
  }

  private static void unregister(int id, Controller controller)
      throws ExecutionException, InterruptedException, TimeoutException {
    ControllerRequestContext context =
        new ControllerRequestContext(
            new RequestHeaderData(), KafkaPrincipal.ANONYMOUS, OptionalLong.empty());
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
    while (true) {
      try {
        await(controller.unregisterBroker(context, id));
        return;
      } catch (ExecutionException e) {
        if (e.getCause() instanceof BrokerIdNotRegisteredException) {
          // A new directory never had one.
          return;
        }
        // The controller answers so until its own election is complete, a moment after the start.
        if (!(e.getCause() instanceof NotControllerException) || System.nanoTime() > end) {
          throw e;
        }
      }
    }
  }

  private static void await(CompletableFuture<Void> future)
      throws ExecutionException, InterruptedException, TimeoutException {
    future.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
  }

  @Override
  public String name() {
    return "StaleBrokerCleanup";
  }

  @Override
  public void onMetadataUpdate(
      MetadataDelta delta, MetadataImage newImage, LoaderManifest manifest) {
    if (newImage.cluster().broker(id) == null) {
      gone.complete(null);
    }
  }

  /** Called by the loader when it discards this; there is nothing to free. */
  @Override
  public void close() {}
}
