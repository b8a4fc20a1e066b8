package io.stillstream.trainer.release;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.stillstream.schemas.values.Sha256;
import io.stillstream.trainer.files.DurableFiles;
import io.stillstream.trainer.training.comparison.GateDecision;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ManualPromotionTest {
  @TempDir Path directory;
  private ReleaseStore store;
  private ManualPromotion promotion;

  @BeforeEach
  void open() {
    store = new ReleaseStore(directory, new DurableFiles());
    promotion = new ManualPromotion(store);
  }

  @Test
  void shouldSwitchTheLink() throws IOException {
    // given
    publish(1, true);
    publish(2, true);
    store.setChampion(2);

    // when
    Release release = promotion.promote(1);

    // then
    assertThat(store.current().toRealPath()).hasFileName("1");
    assertThat(release.card().version()).isEqualTo(1);
    assertThat(release.event().getSha256()).isEqualTo(Sha256.hex(new byte[] {1}));
    assertThat(store.announced()).isEqualTo(2);
  }

  @Test
  void shouldRefuseWhatIsNotThere() throws IOException {
    // given
    publish(1, true);
    store.setChampion(1);

    // when
    assertThatThrownBy(() -> promotion.promote(7))
        // then
        .isInstanceOf(ReleaseException.class)
        .hasMessage("there is no version 7 in " + directory);
    assertThat(store.champion()).hasValue(1);
  }

  @Test
  void shouldRefuseADamagedModelAndChangeNothing() throws IOException {
    // given
    publish(1, true);
    publish(2, true);
    store.setChampion(2);
    Files.write(store.directory(1).resolve("student.pt"), new byte[] {9});

    // when
    assertThatThrownBy(() -> promotion.promote(1))
        // then
        .isInstanceOf(ReleaseException.class)
        .hasMessageContaining("1/student.pt is damaged: its sha256 is ");
    assertThat(store.champion()).hasValue(2);
  }

  @Test
  void shouldRefuseADamagedCard() throws IOException {
    // given
    publish(1, true);
    Files.writeString(store.directory(1).resolve(ModelCard.NAME), "{");

    // when
    assertThatThrownBy(() -> promotion.promote(1))
        // then
        .isInstanceOf(ReleaseException.class)
        .hasMessageContaining("1 is damaged: its model-card.json cannot be read");
  }

  @ParameterizedTest
  @ValueSource(strings = {"teachers", "created_at", "file", "sha256", "offsets", "student"})
  void shouldRefuseACardThatLacksSomething(String key) throws IOException {
    // given: what a flipped bit may leave
    publish(1, true);
    publish(2, true);
    store.setChampion(2);
    Path card = store.directory(1).resolve(ModelCard.NAME);
    Files.writeString(card, Files.readString(card).replace('"' + key + '"', "\"x" + key + '"'));

    // when
    assertThatThrownBy(() -> promotion.promoteAndAnnounce(1, () -> {}))
        // then
        .isInstanceOf(ReleaseException.class)
        .hasMessageContaining("1 is damaged: its model-card.json");
    assertThat(store.champion()).hasValue(2);
    assertThat(store.promotion()).isEmpty();
  }

  @Test
  void shouldGoBackOverChallengersThatFailed() throws IOException {
    // given
    publish(1, true);
    publish(2, true);
    publish(3, false);
    publish(4, true);
    store.setChampion(4);

    // when, then
    assertThat(promotion.before()).isEqualTo(2);
    store.setChampion(2);
    assertThat(promotion.before()).isEqualTo(1);
    store.setChampion(1);
    assertThatThrownBy(() -> promotion.before())
        .isInstanceOf(ReleaseException.class)
        .hasMessage("there is no champion before version 1 in " + directory);
  }

  @Test
  void shouldRememberWhatIsToBeAnnounced() throws IOException {
    // given
    publish(1, true);
    publish(2, true);
    store.setChampion(2);

    // when
    Release unused = promotion.promoteAndAnnounce(1, () -> {});

    // then
    assertThat(store.champion()).hasValue(1);
    assertThat(store.announced()).isEqualTo(2);
    assertThat(store.promotion()).hasValue(new PromotionIntent(1, 2, true));

    // when: another one is chosen from the command line, which announces it
    unused = promotion.promote(2);

    // then
    assertThat(store.champion()).hasValue(2);
    assertThat(store.promotion()).isEmpty();
  }

  @Test
  void shouldChangeNothingForATrainerThatWasTakenOver() throws IOException {
    // given
    publish(1, true);
    publish(2, true);
    store.setChampion(2);

    // when
    assertThatThrownBy(
            () ->
                promotion.promoteAndAnnounce(
                    1,
                    () -> {
                      throw new IllegalStateException("taken over");
                    }))
        // then
        .isInstanceOf(IllegalStateException.class);
    assertThat(store.champion()).hasValue(2);
    assertThat(store.promotion()).isEmpty();
  }

  @Test
  void shouldForgetWhatTheDiskDoesNotTake() throws IOException {
    // given: the link cannot be made
    publish(1, true);
    Files.createDirectories(store.current().resolve("in-the-way"));

    // when
    assertThatThrownBy(() -> promotion.promoteAndAnnounce(1, () -> {}))
        // then
        .isInstanceOf(IOException.class);
    assertThat(store.promotion()).isEmpty();
    assertThat(store.announced()).isZero();
  }

  @Test
  void shouldKeepTheChoiceWhenTheLinkIsThereAndCannotBeFlushed() throws IOException {
    // given
    publish(1, true);
    publish(2, true);
    store.setChampion(2);
    ReleaseStore failing =
        new ReleaseStore(
            directory,
            new DurableFiles() {
              @Override
              public void sync(Path path) throws IOException {
                if (store.champion().orElse(0) == 1) {
                  throw new IOException("input/output error");
                }
                super.sync(path);
              }
            });

    // when
    assertThatThrownBy(() -> new ManualPromotion(failing).promoteAndAnnounce(1, () -> {}))
        // then
        .hasMessage("input/output error");
    assertThat(store.champion()).hasValue(1);
    assertThat(store.promotion()).hasValue(new PromotionIntent(1, 2, true));
  }

  @Test
  void shouldKeepAnEarlierChoiceWhenALaterOneFails() throws IOException {
    // given: the event of the earlier one has not been sent
    publish(1, true);
    publish(2, true);
    store.setChampion(2);
    Release unused = promotion.promoteAndAnnounce(1, () -> {});
    Files.delete(store.current());
    Files.createDirectories(store.current().resolve("in-the-way"));

    // when
    assertThatThrownBy(() -> promotion.promoteAndAnnounce(2, () -> {}))
        // then
        .isInstanceOf(IOException.class);
    assertThat(store.promotion()).hasValue(new PromotionIntent(1, 2, true));
  }

  @Test
  void shouldCompleteWhatACrashInterrupted() throws IOException {
    // given: nothing but the intent is on the disk
    publish(1, true);
    publish(2, true);
    store.setChampion(2);
    store.begin(new PromotionIntent(1, 2, true));

    // when
    promotion.resume(2, () -> {});

    // then
    assertThat(store.champion()).hasValue(1);
    assertThat(store.announced()).isEqualTo(2);
    assertThat(store.promotion()).isPresent();

    // when: that of a command, which nothing announces
    store.begin(new PromotionIntent(2, 2, false));
    promotion.resume(2, () -> {});

    // then
    assertThat(store.champion()).hasValue(2);
    assertThat(store.promotion()).isEmpty();
  }

  @Test
  void shouldNotUndoALaterReleaseAfterACrash() throws IOException {
    // given
    publish(1, true);
    publish(2, true);
    publish(3, true);
    store.setChampion(3);
    store.begin(new PromotionIntent(1, 2, true));

    // when
    promotion.resume(3, () -> {});

    // then
    assertThat(store.champion()).hasValue(3);
    assertThat(store.promotion()).isEmpty();
  }

  private void publish(long version, boolean champion) throws IOException {
    byte[] model = {(byte) version};
    ModelCard card =
        new ModelCard(
            "cnn",
            null,
            version,
            champion ? ModelCard.CHAMPION : ModelCard.CHALLENGER,
            "student.pt",
            Sha256.hex(model),
            null,
            100,
            300,
            "labeled-views",
            Map.of(0, 7L),
            List.of(),
            List.of(),
            List.of(),
            Map.of(),
            null,
            champion ? null : new GateDecision(false, "window", 1, 10, 0.1, 0.9, 0.01),
            Map.of(),
            "2026-11-24T00:00:00Z");
    store.adopt(version, Map.of("student.pt", model, ModelCard.NAME, card.toBytes()));
  }
}
