package io.stillstream.labeler.remote;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

import com.google.protobuf.ByteString;
import io.grpc.InsecureServerCredentials;
import io.grpc.Status;
import io.grpc.TlsServerCredentials;
import io.stillstream.embedded.TestCertificateAuthority;
import io.stillstream.labeler.config.RemoteTeacherSettings;
import io.stillstream.labeler.model.InferenceException;
import io.stillstream.labeler.model.ModelVersion;
import io.stillstream.labeler.model.Pixels;
import io.stillstream.labeler.model.TeacherModel;
import io.stillstream.labeler.model.TeacherUnavailableException;
import io.stillstream.protocols.inference.ModelInferRequest;
import io.stillstream.protocols.inference.ModelMetadataResponse;
import io.stillstream.runtime.config.StartupException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RemoteTeacherModelTest {
  private final RemoteTeachers remote = new RemoteTeachers();
  private final List<AutoCloseable> open = new ArrayList<>();
  @TempDir private Path directory;
  private FakeInferenceServer server = new FakeInferenceServer();
  private RemoteTeacherSource source;

  @AfterEach
  void close() throws Exception {
    for (AutoCloseable each : open) {
      each.close();
    }
    server.close();
  }

  @Test
  void shouldAnswerEachViewInItsRow() {
    // given
    TeacherModel teacher = load("");

    // then
    assertThat(answers(teacher, 0, 51, 255))
        .isDeepEqualTo(new float[][] {{0, 1, 0}, {0.2f, 1, 0}, {1, 1, 0}});
    assertThat(remote.requests).isNotEmpty();
    assertThat(remote.retries).isEmpty();
    assertThat(source.problem()).isEmpty();
  }

  @Test
  void shouldReadTypedContentsToo() {
    // given
    server.typed = true;

    // then
    assertThat(answers(load(""), 255)).isDeepEqualTo(new float[][] {{1, 1, 0}});
  }

  @Test
  void shouldConvertHalfAndDoublePrecision() {
    // given
    TeacherModel teacher = load("");
    server.twist =
        response ->
            response
                .setOutputs(0, response.getOutputs(0).toBuilder().setDatatype("FP16"))
                .setRawOutputContents(
                    0, ByteString.copyFrom(new byte[] {0, 0x3c, 0, (byte) 0xc0, 0, 0x38}));

    // then
    assertThat(answers(teacher, 9)).isDeepEqualTo(new float[][] {{1, -2, 0.5f}});

    // when
    ByteBuffer doubles = ByteBuffer.allocate(24).order(ByteOrder.LITTLE_ENDIAN);
    doubles.putDouble(0.25).putDouble(-4).putDouble(8).flip();
    ByteString bytes = ByteString.copyFrom(doubles);
    server.twist =
        response ->
            response
                .setOutputs(0, response.getOutputs(0).toBuilder().setDatatype("FP64"))
                .setRawOutputContents(0, bytes);

    // then
    assertThat(answers(teacher, 9)).isDeepEqualTo(new float[][] {{0.25f, -4, 8}});
  }

  @Test
  void shouldFailOnAnswersOfAnotherShapeOrType() {
    // given
    TeacherModel teacher = load("");

    // then: half of the answers
    server.twist =
        response -> response.setOutputs(0, response.getOutputs(0).toBuilder().setShape(0, 1));
    assertFails(teacher, "must answer logits [2, 3] in FP32, FP16 or FP64; found logits [1, 3]");

    // then: less than the shape says
    server.twist =
        response ->
            response.setRawOutputContents(0, response.getRawOutputContents(0).substring(0, 12));
    assertFails(teacher, "must answer logits with 6 values; found 3");

    // then: whole numbers
    server.twist =
        response -> response.setOutputs(0, response.getOutputs(0).toBuilder().setDatatype("INT32"));
    assertFails(teacher, "found logits [2, 3] INT32");
  }

  @Test
  void shouldAskABatchThatIsTooLargeInSeveralRequests() {
    // given: a view has 64 bytes, and the envelope 16 KiB
    TeacherModel teacher = load(", max-message-size: 65536");
    int views = 3 * (65536 - RemoteChannel.ENVELOPE) / 64;
    int before = server.requests().size();

    // when
    float[][] answers =
        teacher.answers(IntStream.range(0, views).mapToObj(n -> view(n % 256)).toList());

    // then
    assertThat(server.requests().subList(before, server.requests().size()))
        .extracting(request -> request.getInputs(0).getShape(0))
        .containsExactly(views / 3L, views / 3L, views / 3L);
    for (int n = 0; n < views; n++) {
      assertThat(answers[n][0]).isEqualTo(n % 256 / 255f);
    }
  }

  @Test
  void shouldTellThatTheServerTakesNoSuchLargeMessage() {
    // given
    replaceServer(new FakeInferenceServer(InsecureServerCredentials.create(), 4096));
    TeacherModel teacher = load("");

    // then
    assertThatExceptionOfType(InferenceException.class)
        .isThrownBy(() -> teacher.answers(Collections.nCopies(100, view(1))))
        .withMessageContaining("a message is too large for it")
        .matches(InferenceException::isOutOfMemory);
    assertThat(answers(teacher, 255)).isDeepEqualTo(new float[][] {{1, 1, 0}});
  }

  @Test
  void shouldRefuseAnAnswerThatIsTooLarge() {
    // given
    TeacherModel teacher = load(", max-message-size: 65536");
    server.twist =
        response -> response.setRawOutputContents(0, ByteString.copyFrom(new byte[1 << 20]));

    // then
    assertThatExceptionOfType(InferenceException.class)
        .isThrownBy(() -> answers(teacher, 1))
        .withMessageContaining("an answer for max-message-size (65536)");
  }

  @Test
  void shouldWaitOutAnOverloadThatPasses() {
    // given
    TeacherModel teacher = load("");
    server.fail(2, Status.RESOURCE_EXHAUSTED.withDescription("queue is full"));
    server.fail(1, Status.UNAVAILABLE);

    // then
    assertThat(answers(teacher, 255)).isDeepEqualTo(new float[][] {{1, 1, 0}});
    assertThat(remote.retries)
        .containsExactly("RESOURCE_EXHAUSTED", "RESOURCE_EXHAUSTED", "UNAVAILABLE");
    assertThat(source.problem()).isEmpty();
  }

  @Test
  void shouldReportAServerThatStaysAway() {
    // given
    TeacherModel teacher = load("");
    server.stop();

    // then
    assertUnavailable(teacher, "UNAVAILABLE");
    assertThat(source.problem().orElseThrow()).contains("grpc://localhost").contains("UNAVAILABLE");

    // when
    server.start();

    // then
    await()
        .ignoreExceptionsInstanceOf(TeacherUnavailableException.class)
        .untilAsserted(
            () -> assertThat(answers(teacher, 255)).isDeepEqualTo(new float[][] {{1, 1, 0}}));
    assertThat(source.problem()).isEmpty();
  }

  @Test
  void shouldReportAServerThatIsTooSlow() {
    // given: a teacher that was never asked, as only the late answer may be late
    RemoteTeacherSettings settings =
        RemoteTeachers.settings(
                RemoteTeachers.describe(directory), "grpc", server.port(), ", timeout: 50ms")
            .remote()
            .orElseThrow();
    InferenceClient client = new InferenceClient(settings, remote, System::nanoTime);
    open.add(client);
    RemoteVersion version =
        RemoteVersion.of(
            client, settings, ModelMetadataResponse.getDefaultInstance(), "1", "1", List.of());
    TeacherModel teacher =
        new RemoteTeacherModel(
            client, version, new RemoteTensors("pixels", "logits"), version.describe());
    server.gate = new CountDownLatch(1);

    // then
    assertUnavailable(teacher, "DEADLINE_EXCEEDED");
    assertThat(remote.retries).containsExactly("DEADLINE_EXCEEDED");
    server.gate.countDown();
  }

  @Test
  void shouldTakeNoAnswerOfAnotherVersion() {
    // given
    TeacherModel teacher = load("");
    source.newestFirst();

    // when
    server.ignoring = Optional.of("2");

    // then
    assertUnavailable(teacher, "answered with version 2 of resnet, where version 1 labels");
    assertThat(source.hasChanged()).isTrue();
    assertThat(remote.retries).containsExactly("VERSION");
    source.newestFirst();
    assertThat(source.hasChanged()).isFalse();
  }

  @Test
  void shouldTakeNoBatchOfTwoVersions() {
    // given: the version changes after the first part
    TeacherModel teacher = load(", max-message-size: 65536");
    AtomicReference<String> version = new AtomicReference<>("1");
    server.twist = response -> response.setModelVersion(version.getAndSet("2"));

    // then
    assertThatExceptionOfType(TeacherUnavailableException.class)
        .isThrownBy(() -> teacher.answers(Collections.nCopies(1000, view(1))))
        .withMessageContaining("answered with version 2");
  }

  @Test
  void shouldReportThatTheVersionIsGone() {
    // given
    TeacherModel teacher = load("");
    source.newestFirst();
    server.versions = List.of("2");

    // then
    assertUnavailable(teacher, "NOT_FOUND");
    assertThat(source.hasChanged()).isTrue();
  }

  @Test
  void shouldFailOnABatchThatTheServerRefuses() {
    // given
    TeacherModel teacher = load("");
    server.poison = 1;

    // then
    assertThatExceptionOfType(InferenceException.class)
        .isThrownBy(() -> answers(teacher, 0, 255))
        .withMessageContaining("INVALID_ARGUMENT: bad pixels")
        .matches(failure -> !failure.isOutOfMemory());
    assertThat(answers(teacher, 51)).isDeepEqualTo(new float[][] {{0.2f, 1, 0}});
    assertThat(remote.retries).isEmpty();
  }

  @Test
  void shouldRepeatBeforeItHoldsAnUnclearFailureAgainstTheBatch() {
    // given
    TeacherModel teacher = load("");
    server.fail(2, Status.UNKNOWN.withDescription("Unexpected RuntimeError"));

    // then
    assertThat(answers(teacher, 255)).isDeepEqualTo(new float[][] {{1, 1, 0}});
    assertThat(remote.retries).containsExactly("UNKNOWN", "UNKNOWN");

    // when
    server.poison = 1;
    server.poisoned = Status.INTERNAL.withDescription("CUDA");

    // then
    assertThatExceptionOfType(InferenceException.class)
        .isThrownBy(() -> answers(teacher, 255))
        .withMessageContaining("INTERNAL: CUDA")
        .matches(InferenceException::isOfServer);
  }

  @Test
  void shouldBlameNoBatchWhileTheModelIsNotReady() {
    // given
    TeacherModel teacher = load("");
    server.poison = 1;
    server.modelReady = false;

    // then
    assertThatExceptionOfType(TeacherUnavailableException.class)
        .isThrownBy(() -> answers(teacher, 255))
        .withMessageContaining("INVALID_ARGUMENT: bad pixels");
  }

  @Test
  void shouldHaveAsManyRequestsInFlightAsItHasLanes() {
    // given
    List<TeacherModel> lanes = lanes(", in-flight: 3");
    server.gate = new CountDownLatch(1);

    // when
    List<CompletableFuture<float[][]>> answers =
        IntStream.range(0, 3)
            .mapToObj(n -> CompletableFuture.supplyAsync(() -> answers(lanes.get(n), n * 51)))
            .toList();
    await().until(() -> server.inFlight() == 3);
    server.gate.countDown();

    // then
    for (int n = 0; n < 3; n++) {
      assertThat(answers.get(n).join()[0][0]).isEqualTo(n * 51 / 255f);
    }
    assertThat(server.mostInFlight()).isEqualTo(3);
  }

  @Test
  void shouldEndPromptlyWhenInterrupted() throws Exception {
    // given
    TeacherModel teacher = load(", timeout: 1h");
    server.gate = new CountDownLatch(1);
    CompletableFuture<float[][]> answer = new CompletableFuture<>();
    Thread lane =
        new Thread(
            () -> {
              try {
                answer.complete(answers(teacher, 1));
              } catch (RuntimeException e) {
                answer.completeExceptionally(e);
              }
            });
    lane.start();
    await().until(() -> server.inFlight() == 1);

    // when
    lane.interrupt();

    // then
    lane.join();
    assertThatExceptionOfType(ExecutionException.class)
        .isThrownBy(answer::get)
        .withCauseInstanceOf(TeacherUnavailableException.class);
    server.gate.countDown();
  }

  @Test
  void shouldShowATokenThatMayBeExchanged() throws IOException {
    // given
    server.token = Optional.of("first");
    Path file = Files.writeString(directory.resolve("token"), "first\n");
    TeacherModel teacher = load(", token-file: '" + file + "'");
    assertThat(answers(teacher, 255)).isDeepEqualTo(new float[][] {{1, 1, 0}});

    // when
    server.token = Optional.of("second");

    // then: waited for
    assertUnavailable(teacher, "UNAUTHENTICATED: who are you?");

    // when
    Files.writeString(file, "second");

    // then
    assertThat(answers(teacher, 255)).isDeepEqualTo(new float[][] {{1, 1, 0}});

    // when
    Files.delete(file);

    // then
    assertUnavailable(teacher, "token-file: file " + file + " does not exist");
  }

  @Test
  void shouldRefuseAWrongTokenAtTheStart() {
    // given
    server.token = Optional.of("right");

    // then
    assertThatExceptionOfType(StartupException.class)
        .isThrownBy(() -> load(", token: wrong"))
        .withMessageContaining("UNAUTHENTICATED: who are you?; is the token (token-file) the right")
        .withMessageNotContaining("wrong");
    assertThat(answers(load(", token: right"), 255)).isDeepEqualTo(new float[][] {{1, 1, 0}});
  }

  @Test
  void shouldTrustTheAuthorityOfTheSettings() throws IOException {
    // given
    TestCertificateAuthority authority =
        TestCertificateAuthority.create(directory.resolve("ca"), "test authority");
    Path own = authority.issue("server");
    replaceServer(
        new FakeInferenceServer(
            TlsServerCredentials.newBuilder()
                .keyManager(own.toFile(), own.toFile())
                .trustManager(authority.certificate().toFile())
                .clientAuth(TlsServerCredentials.ClientAuth.REQUIRE)
                .build(),
            4 << 20));
    Path client = authority.issue("labeler");

    // then
    String tls =
        ", tls: {ca: '%s', certificate: '%s', key: '%s'%%s}"
            .formatted(authority.certificate(), client, client);
    assertThat(answers(load("grpcs", tls.formatted("")), 255))
        .isDeepEqualTo(new float[][] {{1, 1, 0}});

    // and: the certificate names localhost
    assertThatExceptionOfType(TeacherUnavailableException.class)
        .isThrownBy(() -> load("grpcs", tls.formatted(", server-name: elsewhere")))
        .withMessageContaining("elsewhere");
    assertThatExceptionOfType(TeacherUnavailableException.class)
        .isThrownBy(() -> load("grpcs", ""))
        .withMessageContaining("UNAVAILABLE");
  }

  @Test
  void shouldRefuseAnAuthorityThatCannotBeRead() {
    assertThatExceptionOfType(StartupException.class)
        .isThrownBy(() -> load("grpcs", ", tls: {ca: '" + directory.resolve("none") + "'}"))
        .withMessageContaining("tls: ")
        .withMessageContaining("none");
  }

  @Test
  void shouldRefuseAnAuthorityThatIsNone() throws IOException {
    // given
    Path file = Files.writeString(directory.resolve("ca.pem"), "no certificate");

    // then
    assertThatExceptionOfType(StartupException.class)
        .isThrownBy(() -> load("grpcs", ", tls: {ca: '" + file + "'}"))
        .withMessageStartingWith("tls: cannot be used: ");
  }

  @Test
  void shouldRefuseAServerNameThatCannotBeOne() {
    assertThatExceptionOfType(StartupException.class)
        .isThrownBy(() -> load("grpcs", ", tls: {server-name: 'a b@c'}"))
        .withMessageStartingWith("tls: cannot be used: ");
  }

  @Test
  void shouldRefuseATokenThatNoHeaderCanHold() throws IOException {
    // given
    Path file = Files.writeString(directory.resolve("token"), "one\ntwo");

    // then
    assertThatExceptionOfType(StartupException.class)
        .isThrownBy(() -> load(", token-file: '" + file + "'"))
        .withMessageContaining(file + " must hold printable ASCII without spaces")
        .withMessageNotContaining("two");
  }

  @Test
  void shouldRefuseAMessageSizeThatHoldsNoView() throws IOException {
    // given
    Path large = RemoteTeachers.describe(directory.resolve("large"));
    Files.writeString(
        large.resolve("teacher.yaml"),
        Files.readString(large.resolve("teacher.yaml"))
            .replace("height: 4, width: 4", "height: 224, width: 224"));
    server.metadata =
        response -> response.setInputs(0, FakeInferenceServer.tensor("pixels", -1, 1, -1, -1));

    // then
    source =
        remote.source(
            RemoteTeachers.settings(large, "grpc", server.port(), ", max-message-size: 65536"));
    open.add(source);
    ModelVersion version = source.newestFirst().findFirst().orElseThrow();
    assertThatExceptionOfType(StartupException.class)
        .isThrownBy(() -> version.load(null, version.describe()))
        .withMessageContaining("max-message-size must hold a view of 200704 bytes");
  }

  @Test
  void shouldReuseTheBufferOnlyAfterTheAnswer() {
    // given
    TeacherModel teacher = load("");

    // when
    for (int n = 0; n < 200; n++) {
      answers(teacher, n);
    }

    // then
    List<ModelInferRequest> requests = server.requests();
    for (int n = 0; n < 200; n++) {
      ModelInferRequest request = requests.get(requests.size() - 200 + n);
      assertThat(
              request
                  .getRawInputContents(0)
                  .asReadOnlyByteBuffer()
                  .order(ByteOrder.LITTLE_ENDIAN)
                  .getFloat())
          .isEqualTo(n / 255f);
    }
  }

  private static Pixels view(int first) {
    return RemoteTeachers.view(first);
  }

  private static float[][] answers(TeacherModel teacher, int... firstPixels) {
    return teacher.answers(IntStream.of(firstPixels).mapToObj(RemoteTeachers::view).toList());
  }

  private void replaceServer(FakeInferenceServer other) {
    server.close();
    server = other;
  }

  private TeacherModel load(String more) {
    return load("grpc", more);
  }

  private TeacherModel load(String scheme, String more) {
    return lanes(scheme, more).get(0);
  }

  private List<TeacherModel> lanes(String more) {
    return lanes("grpc", more);
  }

  private List<TeacherModel> lanes(String scheme, String more) {
    source =
        remote.source(
            RemoteTeachers.settings(
                RemoteTeachers.describe(directory), scheme, server.port(), more));
    open.add(source);
    ModelVersion version = source.newestFirst().findFirst().orElseThrow();
    return version.load(null, version.describe());
  }

  private static void assertFails(TeacherModel teacher, String message) {
    assertThatExceptionOfType(InferenceException.class)
        .isThrownBy(() -> answers(teacher, 1, 2))
        .withMessageContaining(message);
  }

  private static void assertUnavailable(TeacherModel teacher, String message) {
    assertThatExceptionOfType(TeacherUnavailableException.class)
        .isThrownBy(() -> answers(teacher, 1))
        .withMessageContaining(message);
  }
}
