package io.stillstream.labeler;

import static org.assertj.core.api.Assertions.assertThat;

import io.stillstream.embedded.process.JavaProcess;
import io.stillstream.labeler.config.LabelerConfig;
import io.stillstream.runtime.config.YamlSettings;
import io.stillstream.schemas.AugmentedView;
import io.stillstream.schemas.LabeledView;
import io.stillstream.schemas.values.FloatArrays;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A view has the same logits, bit for bit, however often the labeler is killed. */
@ExtendWith(LabelerTestCluster.Extension.class)
class LabelerReproducibleIT {
  private static final int VIEWS = 400;
  private static final int SIDE = 28;

  /** As the demo has it. */
  private static final int BATCH = 32;

  @ParameterizedTest
  @ValueSource(strings = {"fashion-mnist-resnet16", "fashion-mnist-mlp128"})
  void shouldAnswerBitForBitTheSameThoughKilled(String teacher, LabelerTestCluster cluster)
      throws Exception {
    // given
    List<AugmentedView> views = views();
    Path model = Path.of("../deploy/models", teacher).toAbsolutePath();
    LabelerTestTopics calm = cluster.topics(1);
    LabelerTestTopics disturbed = cluster.topics(1);
    Path calmly = written(cluster, calm.paddedConfig(model, BATCH), calm);
    Path disturbedly = written(cluster, disturbed.paddedConfig(model, BATCH), disturbed);

    // when: one labeler finds all views, and fills its batches
    calm.send(views, cluster.kafka());
    JavaProcess labeler = LabelerProcess.start(calmly);
    Map<Long, int[]> expected = logits(calm, VIEWS);
    labeler.terminate();

    // when: another gets one view, then some, and is killed in between
    labeler = LabelerProcess.start(disturbedly);
    disturbed.send(views.subList(0, 1), cluster.kafka());
    disturbed.labeled(soFar -> soFar.size() >= 1);
    disturbed.send(views.subList(1, 6), cluster.kafka());
    disturbed.labeled(soFar -> soFar.size() >= 6);
    labeler.kill();
    disturbed.send(views.subList(6, 207), cluster.kafka());
    labeler = LabelerProcess.start(disturbedly);
    disturbed.labeled(soFar -> soFar.size() >= 60);
    labeler.kill();
    labeler = LabelerProcess.start(disturbedly);
    disturbed.labeled(soFar -> soFar.size() >= 207);
    disturbed.send(views.subList(207, VIEWS), cluster.kafka());
    Map<Long, int[]> found = logits(disturbed, VIEWS);
    labeler.terminate();

    // then
    assertThat(found).hasSize(VIEWS);
    expected.forEach((view, bits) -> assertThat(found.get(view)).isEqualTo(bits));
  }

  private static Path written(
      LabelerTestCluster cluster, LabelerConfig config, LabelerTestTopics topics)
      throws IOException {
    return Files.writeString(
        cluster.directory().resolve(topics.group() + ".yaml"), YamlSettings.effective(config));
  }

  /** The bits of each view's logits. */
  private static Map<Long, int[]> logits(LabelerTestTopics topics, int views) {
    return topics.labeled(soFar -> soFar.size() >= views).stream()
        .collect(
            Collectors.toMap(
                label -> label.getView().getLineage().getOriginOffset(),
                LabelerReproducibleIT::bits));
  }

  private static int[] bits(LabeledView label) {
    float[] logits = FloatArrays.toArray(label.getLogits());
    return IntStream.range(0, logits.length).map(k -> Float.floatToRawIntBits(logits[k])).toArray();
  }

  private static List<AugmentedView> views() {
    Random random = new Random(7);
    return IntStream.range(0, VIEWS)
        .mapToObj(
            n -> {
              byte[] pixels = new byte[SIDE * SIDE];
              random.nextBytes(pixels);
              AugmentedView view = LabelerTestTopics.view(n, pixels);
              view.setHeight(SIDE);
              view.setWidth(SIDE);
              return view;
            })
        .toList();
  }
}
