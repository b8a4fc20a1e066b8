package io.stillstream.labeler;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.stillstream.embedded.process.JavaProcess;
import io.stillstream.labeler.quarantine.CrashQuarantine;
import io.stillstream.labeler.torch.TeacherModelFixtures;
import io.stillstream.runtime.config.YamlSettings;
import io.stillstream.schemas.AugmentedView;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(LabelerTestCluster.Extension.class)
class LabelerCrashIT {
  private static final int VIEWS = 2_000;
  private static final int POISONED = 700;

  @Test
  void shouldFindTheViewThatCrashesItAndLabelAllOthersOnce(LabelerTestCluster cluster)
      throws Exception {
    // given
    LabelerTestTopics topics = cluster.topics(2);
    List<AugmentedView> views = new ArrayList<>();
    for (int n = 0; n < VIEWS; n++) {
      int first = n == POISONED ? CrashingLabeler.POISON : n % 200;
      views.add(LabelerTestTopics.view(n, TeacherModelFixtures.view(first)));
    }
    topics.send(views, cluster.kafka());
    Path config = cluster.directory().resolve(topics.group() + ".yaml");
    Files.writeString(config, YamlSettings.effective(topics.config("linear", 0, 32, Map.of())));

    // when: once in a batch, and then as often as it takes to be condemned
    for (int death = 0; death < 1 + CrashQuarantine.DEATHS; death++) {
      JavaProcess labeler = LabelerProcess.start(config, CrashingLabeler.class);
      assertThat(labeler.awaitEnd()).as(labeler::output).isEqualTo(CrashingLabeler.STATUS);
    }
    assertThat(topics.all(topics.names().deadLetters())).isEmpty();
    JavaProcess last = LabelerProcess.start(config, CrashingLabeler.class);
    var labeled = topics.labeled(soFar -> soFar.size() >= VIEWS - 1);
    last.terminate();

    // then
    assertThat(labeled.stream().map(view -> view.getView().getLineage().getOriginOffset()))
        .hasSize(VIEWS - 1)
        .doesNotHaveDuplicates()
        .doesNotContain((long) POISONED);
    assertThat(topics.all(topics.names().labeledViews())).hasSize(VIEWS - 1);
    List<ConsumerRecord<byte[], byte[]>> letters = topics.all(topics.names().deadLetters());
    assertThat(letters).hasSize(1);
    assertThat(letters.get(0).key()).isEqualTo(LabelerTestTopics.key(POISONED));
    assertThat(new String(letters.get(0).headers().lastHeader("stillstream.reason").value(), UTF_8))
        .isEqualTo("crash");
  }
}
