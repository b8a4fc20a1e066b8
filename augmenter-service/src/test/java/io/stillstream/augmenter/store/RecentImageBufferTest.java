package io.stillstream.augmenter.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.stillstream.augmenter.config.AugmenterConfig;
import io.stillstream.augmenter.image.MaskedImage;
import io.stillstream.augmenter.image.decode.ImageSource;
import io.stillstream.augmenter.metrics.AugmenterMetrics;
import io.stillstream.augmenter.metrics.MicrometerAugmenterMetrics;
import io.stillstream.runtime.records.RecordCoordinates;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import org.apache.kafka.streams.processor.api.MockProcessorContext;
import org.apache.kafka.streams.state.KeyValueStore;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

final class RecentImageBufferTest {
  private static final RecentImageLimits LIMITS = new RecentImageLimits(2_000, 8, 500);

  private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
  private final AugmenterMetrics metrics = new MicrometerAugmenterMetrics(meters, List.of());
  private KeyValueStore<Integer, byte[]> store;

  @BeforeEach
  void openStore() {
    store = new RecentImageStore(LIMITS, Map.of()).builder().withLoggingDisabled().build();
    store.init(new MockProcessorContext<>().getStateStoreContext(), store);
  }

  @AfterEach
  void closeStore() {
    store.close();
  }

  @Test
  void shouldRoundTripThroughItsBytes() {
    // given
    ByteBuffer payload = ByteBuffer.wrap(new byte[] {9, 1, 2, 3, 4, 5, 6, 9}, 1, 6);
    List<RecentImage> images =
        List.of(
            new RecentImage(
                new RecordCoordinates("images", 3, 1L << 40),
                "ü-1",
                7,
                MaskedImage.of(new ImageSource.FileSource(payload))),
            new RecentImage(
                new RecordCoordinates("images", 0, 0),
                "",
                null,
                MaskedImage.of(new ImageSource.RawPixels(payload, 2, 1, 3))),
            new RecentImage(
                new RecordCoordinates("images", 1, 5),
                "masked",
                2,
                new MaskedImage(
                    new ImageSource.FileSource(payload), ByteBuffer.wrap(new byte[] {8, 7}))));

    for (RecentImage image : images) {
      // when
      byte[] bytes = image.serialize();

      // then
      assertThat(RecentImage.deserialize(bytes)).isEqualTo(image);
      assertThat(RecentImage.offset(bytes)).isEqualTo(image.at().offset());
    }
  }

  /** Version 1, as the changelog of a store holds it. */
  @Test
  void shouldReadImagesOfAnEarlierVersion() throws Exception {
    // given
    Path frozen = Path.of("src/test/resources/recent-images");
    store.put(0, Files.readAllBytes(frozen.resolve("v1-file.bin")));
    store.put(5, Files.readAllBytes(frozen.resolve("v1-raw.bin")));

    // when
    RecentImageBuffer buffer = new RecentImageBuffer(store, LIMITS, metrics);

    // then
    ByteBuffer payload = ByteBuffer.wrap(new byte[] {1, 2, -3, 4, -5, 6});
    assertThat(buffer.count()).isEqualTo(2);
    assertThat(buffer.get(0))
        .isEqualTo(
            new RecentImage(
                new RecordCoordinates("images", 0, 1),
                "",
                null,
                MaskedImage.of(new ImageSource.RawPixels(payload, 2, 1, 3))));
    assertThat(buffer.get(1))
        .isEqualTo(
            new RecentImage(
                new RecordCoordinates("images", 3, 1L << 40),
                "ü-1",
                7,
                MaskedImage.of(new ImageSource.FileSource(payload))));
  }

  @Test
  void shouldWriteImagesWithoutAMaskAsVersion1() {
    // given: bytes of a program that knew no masks
    byte[] bytes =
        HexFormat.of()
            .parseHex(
                "01"
                    + "0000000000000007"
                    + "00000003"
                    + "01"
                    + "00000005"
                    + "00"
                    + "000000000000000000000000"
                    + "00000006"
                    + "696d61676573"
                    + "00000001"
                    + "61"
                    + "0102");
    RecentImage image =
        new RecentImage(
            new RecordCoordinates("images", 3, 7),
            "a",
            5,
            MaskedImage.of(new ImageSource.FileSource(ByteBuffer.wrap(new byte[] {1, 2}))));

    // then
    assertThat(RecentImage.deserialize(bytes)).isEqualTo(image);
    assertThat(image.serialize()).isEqualTo(bytes);
  }

  @Test
  void shouldRejectBytesOfAnotherVersion() {
    assertThatThrownBy(() -> RecentImage.deserialize(new byte[] {9, 0}))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining(
            "layout 9 and this version reads layouts 1 and 2: a later version wrote it");
  }

  @Test
  void shouldHoldTheLongestRunThatKeepsWithinTheLimitsHoweverOftenItIsInterrupted() {
    // given
    Random random = new Random(1);
    List<RecentImage> all = new ArrayList<>();
    RecentImageBuffer recent = new RecentImageBuffer(store, LIMITS, metrics);

    for (int offset = 0; offset < 500; offset++) {
      // when: gaps between offsets, sizes on both sides of the largest, and now and then a restart
      RecentImage image = image(offset * 3L, random.nextInt(600));
      recent.rewindTo(image.at().offset());
      recent.add(image.serialize());
      all.add(image);
      if (random.nextInt(10) == 0) {
        recent.close();
        recent = new RecentImageBuffer(store, LIMITS, metrics);
      }

      // then
      List<RecentImage> expected = longestRun(all);
      assertThat(contents(recent)).isEqualTo(expected);
      assertThat(stored()).isEqualTo(expected.size());
      assertThat(meters.get("augmenter.partners.images").gauge().value())
          .isEqualTo(expected.size());
      assertThat(meters.get("augmenter.partners.bytes").gauge().value())
          .isEqualTo(expected.stream().mapToInt(one -> one.serialize().length).sum());
    }
    recent.close();
    assertThat(meters.get("augmenter.partners.images").gauge().value()).isZero();
    assertThat(meters.get("augmenter.partners.bytes").gauge().value()).isZero();
  }

  @Test
  void shouldUseFewKeys() {
    // given
    RecentImageBuffer recent = new RecentImageBuffer(store, LIMITS, metrics);

    // when
    IntStream.range(0, 100).forEach(offset -> recent.add(image(offset, 10).serialize()));

    // then
    List<Integer> keys = new ArrayList<>();
    try (var all = store.all()) {
      all.forEachRemaining(entry -> keys.add(entry.key));
    }
    assertThat(keys).containsExactlyInAnyOrder(0, 1, 2, 3, 4, 5, 6, 7);
  }

  @Test
  void shouldRemoveLaterImagesWhenOffsetsAreSetBack() {
    // given
    RecentImageBuffer recent = new RecentImageBuffer(store, LIMITS, metrics);
    IntStream.range(0, 6).forEach(offset -> recent.add(image(offset, 10).serialize()));

    // when
    recent.rewindTo(3);

    // then
    assertThat(contents(recent))
        .extracting(image -> image.at().offset())
        .containsExactly(0L, 1L, 2L);
    assertThat(stored()).isEqualTo(3);
  }

  @Test
  void shouldApplyLowerLimitsFromTheNextRecordOn() {
    // given
    RecentImageBuffer before = new RecentImageBuffer(store, LIMITS, metrics);
    IntStream.range(0, 6).forEach(offset -> before.add(image(offset, 10).serialize()));
    before.close();

    // when
    RecentImageBuffer recent =
        new RecentImageBuffer(store, new RecentImageLimits(2_000, 2, 500), metrics);
    recent.rewindTo(6);

    // then
    assertThat(contents(recent)).extracting(image -> image.at().offset()).containsExactly(4L, 5L);
    assertThat(stored()).isEqualTo(2);
  }

  @Test
  void shouldKeepNoImageThatTakesMoreThanAQuarterOrCannotBeSent() {
    // given
    AugmenterConfig.RecentImageSettings settings =
        new AugmenterConfig.RecentImageSettings(1_000, 10);

    // then
    assertThat(RecentImageLimits.of(settings, 5_000))
        .isEqualTo(new RecentImageLimits(1_000, 10, 250));
    assertThat(RecentImageLimits.of(settings, 400))
        .isEqualTo(new RecentImageLimits(1_000, 10, 144));
    assertThat(RecentImageLimits.of(settings, 100)).isEqualTo(new RecentImageLimits(1_000, 10, 0));
  }

  private static List<RecentImage> longestRun(List<RecentImage> all) {
    List<RecentImage> kept = all.stream().filter(one -> one.serialize().length <= 500).toList();
    int from = kept.size();
    int bytes = 0;
    while (from > 0
        && kept.size() - from < 8
        && bytes + kept.get(from - 1).serialize().length <= 2_000) {
      from--;
      bytes += kept.get(from).serialize().length;
    }
    return kept.subList(from, kept.size());
  }

  private static List<RecentImage> contents(RecentImageBuffer recent) {
    return IntStream.range(0, recent.count()).mapToObj(recent::get).toList();
  }

  private int stored() {
    int count = 0;
    try (var all = store.all()) {
      while (all.hasNext()) {
        all.next();
        count++;
      }
    }
    return count;
  }

  private static RecentImage image(long offset, int size) {
    byte[] payload = new byte[size];
    Arrays.fill(payload, (byte) offset);
    return new RecentImage(
        new RecordCoordinates("images", 0, offset),
        "image-" + offset,
        null,
        MaskedImage.of(new ImageSource.FileSource(ByteBuffer.wrap(payload))));
  }
}
