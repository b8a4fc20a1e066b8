package io.stillstream.augmenter.fetch.prefetch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.stillstream.augmenter.fetch.FakeObjectSource;
import io.stillstream.augmenter.fetch.FetchSettings;
import io.stillstream.augmenter.fetch.ObjectReference;
import io.stillstream.augmenter.metrics.MicrometerFetchMetrics;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CountDownLatch;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;

final class PrefetchInterceptorTest {
  private final FakeObjectSource source = new FakeObjectSource().put("o", new byte[1]);
  private final ObjectPrefetcher prefetcher =
      new ObjectPrefetcher(
          FetchSettings.disabled(),
          source,
          record -> Optional.of(new ObjectReference("o", OptionalLong.empty(), Optional.empty())),
          new ResultWait(Duration.ofSeconds(1), new CountDownLatch(1)),
          new MicrometerFetchMetrics(new SimpleMeterRegistry(), List.of()));

  @Test
  void shouldFetchWhatIsPolledUntilItsConsumerIsClosed() {
    // given
    PrefetchInterceptor interceptor = new PrefetchInterceptor();
    interceptor.configure(PrefetchInterceptor.settings(prefetcher, null));
    ConsumerRecords<byte[], byte[]> records =
        new ConsumerRecords<>(
            Map.of(
                new TopicPartition("images", 0),
                List.of(new ConsumerRecord<>("images", 0, 5, null, new byte[0]))),
            Map.of());

    // when
    ConsumerRecords<byte[], byte[]> passed = interceptor.onConsume(records);

    // then
    assertThat(passed).isSameAs(records);
    await().until(() -> source.begun().equals(List.of("o")));
    assertThat(prefetcher.isIdle()).isFalse();

    // when
    interceptor.close();

    // then
    await().until(prefetcher::isIdle);
    prefetcher.close();
  }

  @Test
  void shouldKeepOtherInterceptors() {
    assertThat(PrefetchInterceptor.settings(prefetcher, "a.B, c.D"))
        .containsEntry("interceptor.classes", "a.B, c.D," + PrefetchInterceptor.class.getName());
    assertThat(PrefetchInterceptor.settings(prefetcher, ""))
        .containsEntry("interceptor.classes", PrefetchInterceptor.class.getName());
  }
}
