package io.stillstream.trainer.training.example;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.stillstream.runtime.model.ModelSpec;
import io.stillstream.schemas.PixelEncoding;
import io.stillstream.schemas.answer.SegmentationMask;
import io.stillstream.schemas.image.InvalidImageException;
import io.stillstream.trainer.training.decode.DecodeMetrics;
import io.stillstream.trainer.training.decode.DecodePool;
import io.stillstream.trainer.training.decode.DecodePriority;
import io.stillstream.trainer.training.hyperparameters.LossSettings;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class BatchPrefetcherTest {
  private static final ModelSpec MODEL =
      ModelSpec.load(Path.of("src/test/resources/students/fcn"), "student");
  private static final LossSettings LOSS = LossSettings.hinton(0.9);
  private static final int AHEAD = 2;
  private static final int THREADS = 2;

  /** Always the same views for a seed. */
  private static final List<List<TrainingExample>> VIEWS =
      IntStream.range(0, 8).mapToObj(BatchPrefetcherTest::random).toList();

  private final DecodePool pool = DecodePool.create(THREADS, AHEAD, DecodeMetrics.NONE);
  private final BatchBuilder ahead = new BatchBuilder(MODEL, LOSS, pool);
  private final BatchBuilder alone = new BatchBuilder(MODEL, LOSS);

  @AfterEach
  void close() {
    pool.close();
  }

  @Test
  void shouldGiveTheSameBatchesWhicheverAreAskedFor() {
    // given: of five batches, asked for ahead, the third is not used
    List<PrefetchedBatch> prefetched = new ArrayList<>();
    for (int seed = 0; seed < 5; seed++) {
      prefetched.add(ahead.prefetch(views(seed), DecodePriority.UPDATE));
    }

    // then
    for (int seed : new int[] {0, 1, 3, 4, 7}) {
      assertThat(floats(ahead.build(views(seed)))).isEqualTo(floats(alone.build(views(seed))));
    }
    prefetched.forEach(PrefetchedBatch::close);
    assertThat(floats(ahead.build(views(2)))).isEqualTo(floats(alone.build(views(2))));
  }

  @Test
  void shouldNotGiveABatchThatWasBuiltForAnotherTruth() {
    // given
    ModelSpec model = ModelSpec.load(Path.of("src/test/resources/students/mlp"), "student");
    BatchBuilder builder = new BatchBuilder(model, LOSS, pool);
    TrainingExample view =
        new TrainingExample(PixelEncoding.RAW, new byte[64], new float[5], null, true);
    TrainingExample labelled = view.withTarget(LabelTarget.of(3));

    // when
    PrefetchedBatch prefetched = builder.prefetch(List.of(view), DecodePriority.UPDATE);

    // then
    assertThat(builder.build(List.of(labelled)).targets().classes()).containsExactly(3);
    assertThat(builder.build(List.of(view)).targets().classes()).containsExactly(-1);
    prefetched.close();
  }

  @Test
  void shouldUseFewBuffersAgain() {
    // given
    Set<ByteBuffer> buffers = Collections.newSetFromMap(new IdentityHashMap<>());
    AtomicReference<BatchPrefetcher> prefetcher = new AtomicReference<>();
    TrainingBatch batch = alone.grey(1);
    prefetcher.set(
        new BatchPrefetcher(
            pool,
            views -> {
              ByteBuffer buffer = prefetcher.get().buffers().take(64);
              synchronized (buffers) {
                buffers.add(buffer);
              }
              return new BuiltBatch(batch, buffer);
            }));

    // when: batches are used, given up, or not even begun
    for (int round = 0; round < 200; round++) {
      List<PrefetchedBatch> open = new ArrayList<>();
      for (int seed = 0; seed < 6; seed++) {
        open.add(prefetcher.get().prefetch(views(seed), DecodePriority.UPDATE));
      }
      prefetcher.get().take(views(0));
      prefetcher.get().take(views(2));
      open.forEach(PrefetchedBatch::close);
    }

    // then: those built ahead, the one in use, and one in each thread that was given up
    assertThat(buffers).hasSizeBetween(1, AHEAD + 2 + 1 + THREADS);
  }

  @Test
  void shouldThrowWhatBuildingHasThrownWhenTheBatchIsAskedFor() {
    // given
    TrainingExample damaged =
        new TrainingExample(PixelEncoding.PNG, new byte[20], null, LabelTarget.of(0), false);
    List<TrainingExample> views = List.of(views(1).get(0), damaged);

    // when
    PrefetchedBatch prefetched = ahead.prefetch(views, DecodePriority.UPDATE);

    // then: each time
    assertThatThrownBy(() -> ahead.build(views)).isInstanceOf(InvalidImageException.class);
    assertThatThrownBy(() -> ahead.build(views)).isInstanceOf(InvalidImageException.class);
    prefetched.close();
  }

  @Test
  void shouldNotDecodeAMaskAgainThatIsDecoded() {
    // given: what is stored cannot be decoded
    TrainingExample stored = masked(new byte[] {1, 2, 3});
    SegmentationMask mask = new SegmentationMask(8, 12, new byte[96]);

    // when
    TrainingExample view = ahead.decoded(stored, mask, null);

    // then
    assertThat(view.mask()).isSameAs(mask);
    assertThat(view.mirror().mask().classes()).isEqualTo(mask.mirrored().classes());
    assertThat(ahead.build(List.of(view, view)).targets().labelWeights()).containsOnly(1);
    assertThatThrownBy(() -> view.released().mask()).isInstanceOf(InvalidImageException.class);
  }

  private static TrainingExample masked(byte[] file) {
    return new TrainingExample(
        PixelEncoding.RAW, new byte[96], null, null, file, true, 0, ViewIdentity.UNKNOWN);
  }

  private static List<TrainingExample> views(int seed) {
    return VIEWS.get(seed);
  }

  private static List<TrainingExample> random(int seed) {
    Random random = new Random(seed);
    List<TrainingExample> views = new ArrayList<>();
    for (int i = 0; i < 3 + seed; i++) {
      byte[] pixels = new byte[96];
      random.nextBytes(pixels);
      TrainingExample view =
          new TrainingExample(
              PixelEncoding.RAW,
              pixels,
              PackedAnswer.ofLogits(new float[72]),
              null,
              null,
              false,
              0,
              ViewIdentity.UNKNOWN);
      views.add(random.nextBoolean() ? view : view.mirror());
    }
    return List.copyOf(views);
  }

  private static float[] floats(TrainingBatch batch) {
    ByteBuffer input = batch.input().duplicate().order(batch.input().order());
    float[] values = new float[input.capacity() / Float.BYTES];
    input.asFloatBuffer().get(values);
    return values;
  }
}
