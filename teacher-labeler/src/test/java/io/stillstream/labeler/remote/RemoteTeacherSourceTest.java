package io.stillstream.labeler.remote;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.awaitility.Awaitility.await;

import io.grpc.Status;
import io.stillstream.labeler.model.ModelVersion;
import io.stillstream.labeler.model.TeacherModel;
import io.stillstream.labeler.model.TeacherUnavailableException;
import io.stillstream.runtime.config.StartupException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RemoteTeacherSourceTest {
  private final FakeInferenceServer server = new FakeInferenceServer();
  private final RemoteTeachers remote = new RemoteTeachers();
  @TempDir private Path directory;
  private RemoteTeacherSource source;

  @BeforeEach
  void open() {
    open("");
  }

  @AfterEach
  void close() {
    source.close();
    server.close();
  }

  @Test
  void shouldOfferTheVersionsOfTheServerNewestFirst() {
    // given
    server.versions = List.of("2", "10", "9");

    // then
    assertThat(source.newestFirst().map(ModelVersion::location))
        .containsExactly(
            location() + " version 10", location() + " version 9", location() + " version 2");
  }

  @Test
  void shouldLabelWithNameVersionAndPlatformOfTheServer() {
    // given
    server.versions = List.of("3");
    ModelVersion version = newest();

    // when
    List<TeacherModel> lanes = version.load(null, version.describe());

    // then
    assertThat(lanes).hasSize(4);
    TeacherModel.Identity identity = lanes.get(0).identity();
    assertThat(identity.name()).isEqualTo(FakeInferenceServer.MODEL);
    assertThat(identity.version()).isEqualTo("3");
    assertThat(identity.platform()).isEqualTo("onnxruntime_onnx");
    assertThat(identity.sha256()).matches("[0-9a-f]{64}");
    assertThat(version.describe().name()).isEqualTo(FakeInferenceServer.MODEL);
    assertThat(version.describe().version()).isEqualTo("3");
    assertThat(lanes.get(0).answers(List.of(RemoteTeachers.view(255)))[0])
        .containsExactly(1f, 3f, 0f);
  }

  @Test
  void shouldTellVersionsApartByTheirHash() {
    // given
    TeacherModel.Identity one = identity();
    server.versions = List.of("1", "2");

    // when
    TeacherModel.Identity two = identity();
    server.versions = List.of("1");

    // then
    assertThat(two.sha256()).isNotEqualTo(one.sha256());
    assertThat(identity()).isEqualTo(one);
    assertThat(newest()).isEqualTo(newest());
  }

  @Test
  void shouldStayWithThePinnedVersion() {
    // given
    server.versions = List.of("1", "2");
    open(", version: '1'");

    // then
    assertThat(identity().version()).isEqualTo("1");

    // when
    server.versions = List.of("2");

    // then
    assertRefused("NOT_FOUND: unknown model: 'resnet' version '1'; does the server have");
    assertThat(source.problem().orElseThrow()).contains("NOT_FOUND");
  }

  @Test
  void shouldTakeTheVersionThatAnswersNameWhereNoneIsListed() {
    // given
    server.namesVersions = false;
    server.ignoring = Optional.of("7");

    // then
    assertThat(identity().version()).isEqualTo("7");
  }

  @Test
  void shouldTakeTheDescriptionsVersionWhereTheServerNamesNone() {
    // given
    server.namesVersions = false;

    // then
    assertThat(identity().version()).isEqualTo("0");
    assertThat(server.requests().get(0).getModelVersion()).isEmpty();
  }

  @Test
  void shouldTakeAnEmptyVersionForNone() {
    // given
    server.metadata = response -> response.clearVersions().addVersions("").addVersions(" ");
    server.twist = response -> response.setModelVersion("");

    // then
    assertThat(identity().version()).isEqualTo("0");

    // when
    server.twist = response -> response.setModelVersion("7");

    // then
    assertThat(identity().version()).isEqualTo("7");
  }

  @Test
  void shouldNotOfferAVersionThatIsNotReady() {
    // given
    server.modelReady = false;

    // then
    assertUnavailable("resnet version 1 is not ready");
    server.modelReady = true;
    server.ready = false;
    assertUnavailable("the server says that it is not ready");
    server.ready = true;
    assertThat(newest().location()).isEqualTo(location() + " version 1");
    assertThat(source.problem()).isEmpty();
  }

  @Test
  void shouldSayThatTheServerIsAway() {
    // given
    server.stop();

    // then
    assertUnavailable("UNAVAILABLE");

    // when
    server.start();

    // then
    await()
        .ignoreExceptionsInstanceOf(TeacherUnavailableException.class)
        .untilAsserted(() -> assertThat(newest().location()).endsWith("version 1"));
  }

  @Test
  void shouldRefuseAnUnknownModel() {
    // given
    source.close();
    source =
        remote.source(
            RemoteTeachers.settings(
                RemoteTeachers.describe(directory), "grpc", server.port(), "", "vgg"));

    // then
    assertRefused("unknown model: 'vgg'");
  }

  @Test
  void shouldRefuseTensorsThatAreNotAsDescribed() {
    // given
    server.metadata =
        response -> response.setInputs(0, FakeInferenceServer.tensor("pixels", -1, 3, 224, 224));

    // then
    assertRefused(
        "must take input pixels as FP32 [-1, 1, 4, 4]; the server says pixels FP32 [-1, 3, 224, 224]");

    // when
    server.metadata =
        response ->
            response.setInputs(
                0,
                FakeInferenceServer.tensor("pixels", -1, 1, 4, 4).toBuilder().setDatatype("UINT8"));

    // then
    assertRefused("as FP32 [-1, 1, 4, 4]; the server says pixels UINT8");

    // when
    server.metadata =
        response -> response.setOutputs(0, FakeInferenceServer.tensor("logits", -1, 1000));

    // then
    assertRefused(
        "must answer output logits as FP16 or FP32 or FP64 [-1, 3]; the server says logits FP32"
            + " [-1, 1000]");

    // when
    server.metadata =
        response -> response.addOutputs(FakeInferenceServer.tensor("features", -1, 512));

    // then
    assertRefused("the setting output must say which");
  }

  @Test
  void shouldRefuseOneVersionAndOfferTheOthers() {
    // given
    server.versions = List.of("1", "2");
    server.metadata =
        response ->
            server.asked.equals("2")
                ? response.setOutputs(0, FakeInferenceServer.tensor("logits", -1, 1000))
                : response;

    // when
    List<ModelVersion> versions = source.newestFirst().toList();

    // then
    assertThatExceptionOfType(StartupException.class)
        .isThrownBy(() -> versions.get(0).load(null, versions.get(0).describe()))
        .withMessageContaining("must answer output logits");
    assertThat(versions.get(1).load(null, versions.get(1).describe())).hasSize(4);
  }

  @Test
  void shouldTakeTheNamesOfTheSettings() {
    // given
    server.metadata =
        response -> response.addOutputs(FakeInferenceServer.tensor("features", -1, 512));
    open(", input: pixels, output: logits");

    // then
    assertThat(identity().version()).isEqualTo("1");

    // when
    open(", output: scores");

    // then
    assertRefused("has no output scores, it has logits FP32 [-1, 3], features FP32 [-1, 512]");
  }

  @Test
  void shouldRefuseAnswersThatAreNotAsDescribed() {
    // given
    server.twist = response -> response.clearOutputs().clearRawOutputContents();
    ModelVersion version = newest();

    // then
    assertThatExceptionOfType(StartupException.class)
        .isThrownBy(() -> version.load(null, version.describe()))
        .withMessageContaining(
            "fails on a probe of (2, 1, 4, 4) float32 (NCHW): must answer logits [2, 3] in FP32, FP16 or FP64;"
                + " found none");
  }

  @Test
  void shouldRefuseWhereTheServerFailsOnTheProbe() {
    // given
    server.poison = 128 / 255f;
    ModelVersion version = newest();

    // then
    assertThatExceptionOfType(StartupException.class)
        .isThrownBy(() -> version.load(null, version.describe()))
        .withMessageContaining("INVALID_ARGUMENT: bad pixels");
  }

  @Test
  void shouldWaitWhereTheServerIsOverloadedAtTheProbe() {
    // given
    server.fail(10, Status.RESOURCE_EXHAUSTED.withDescription("queue is full"));
    ModelVersion version = newest();

    // then
    assertThatExceptionOfType(TeacherUnavailableException.class)
        .isThrownBy(() -> version.load(null, version.describe()))
        .withMessageContaining("RESOURCE_EXHAUSTED: queue is full");
  }

  @Test
  void shouldHaveNoPaths() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> source.find(directory))
        .withMessageContaining("path must be left out");
  }

  private void open(String more) {
    if (source != null) {
      source.close();
    }
    source =
        remote.source(
            RemoteTeachers.settings(
                RemoteTeachers.describe(directory), "grpc", server.port(), more));
  }

  private String location() {
    return "grpc://localhost:" + server.port() + "/resnet";
  }

  private ModelVersion newest() {
    return source.newestFirst().findFirst().orElseThrow();
  }

  private TeacherModel.Identity identity() {
    ModelVersion version = newest();
    return version.load(null, version.describe()).get(0).identity();
  }

  private void assertRefused(String message) {
    assertThatExceptionOfType(StartupException.class)
        .isThrownBy(this::identity)
        .withMessageStartingWith(location().replace("resnet", ""))
        .withMessageContaining(message);
  }

  private void assertUnavailable(String message) {
    assertThatExceptionOfType(TeacherUnavailableException.class)
        .isThrownBy(this::newest)
        .withMessageContaining(message);
    assertThat(source.problem().orElseThrow()).contains(message);
  }
}
