package io.stillstream.local.demo.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.stillstream.augmenter.AugmenterService;
import io.stillstream.augmenter.config.AugmenterConfig;
import io.stillstream.labeler.LabelerService;
import io.stillstream.labeler.config.LabelerConfig;
import io.stillstream.local.access.Role;
import io.stillstream.local.broker.StateDirectory;
import io.stillstream.local.data.IdxLabeledImages;
import io.stillstream.local.demo.cluster.DemoCluster;
import io.stillstream.local.demo.cluster.DemoRoles;
import io.stillstream.local.demo.cluster.SecuredDemoCluster;
import io.stillstream.local.demo.report.RecordCounts;
import io.stillstream.local.demo.settings.DemoSettings;
import io.stillstream.local.demo.settings.PersistedDemoSettings;
import io.stillstream.page.PageService;
import io.stillstream.runtime.access.RequiredAcl;
import io.stillstream.runtime.config.StartupException;
import io.stillstream.runtime.health.Health.Check;
import io.stillstream.runtime.model.ModelSpec;
import io.stillstream.runtime.service.Service;
import io.stillstream.schemas.topics.Topics;
import io.stillstream.trainer.TrainerService;
import io.stillstream.trainer.config.TrainerConfig;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.acl.AclBinding;
import org.apache.kafka.common.acl.AclBindingFilter;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.resource.ResourceType;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The demo's chain with the privileges that the list names and no others: first by passwords; then
 * by certificates, with one privilege of each service taken away for a while. What it left behind
 * is looked at by several tests, and every service is started once without each of its privileges.
 */
class SecuredPipelineIT {
  /** A batch of views. */
  private static final int IMAGES = 32;

  private static final int VIEWS = 4;
  private static final Duration PATIENCE = Duration.ofMinutes(3);

  /** A URL where nothing answers, which does not keep the page from starting. */
  private static final String NO_TRAINER = "http://127.0.0.1:1";

  @TempDir static Path directory;
  private static StateDirectory state;
  private static DemoSettings settings;
  private static SecuredDemoCluster cluster;
  private static Admin admin;
  private static long byPassword;
  private static long byCertificate;
  private static RecordCounts views;
  private static RecordCounts labeledViews;
  private static long letters;

  @BeforeAll
  static void runTheChainTwice() throws Exception {
    settings =
        new DemoSettings(
            Path.of("../..").toAbsolutePath().normalize(),
            new PersistedDemoSettings(
                "classification", VIEWS, "cnn", "", 1, "", "fashion-mnist-mild", "", 1.0),
            OptionalLong.empty(),
            true,
            new DemoSettings.Ports(0, 0, 0),
            true);
    state = StateDirectory.open(directory);
    cluster = SecuredDemoCluster.start(state, settings.ports());
    admin = Admin.create(Map.<String, Object>copyOf(cluster.admin()));
    try (DemoPipeline pipeline = DemoPipeline.start(settings, state, Optional.of(cluster))) {
      feed(pipeline, IMAGES);
      byPassword = trained(pipeline, IMAGES);
    }
    try (DemoPipeline pipeline =
        DemoPipeline.start(settings, state, Optional.of(new ByCertificate(cluster)))) {
      withoutAPrivilegeEach(pipeline);
      byCertificate = trained(pipeline, 3 * IMAGES);
      views = RecordCounts.ofViews(pipeline.clients(), pipeline.meters());
      labeledViews = RecordCounts.ofLabeledViews(pipeline.clients(), pipeline.meters());
      letters = RecordCounts.records(pipeline.clients(), Topics.DEAD_LETTERS);
    }
  }

  @AfterAll
  static void stop() {
    try (StateDirectory held = state) {
      admin.close(Duration.ZERO);
      cluster.close();
      assertThat(held.root()).isEqualTo(directory);
    }
  }

  @Test
  void shouldTrainEveryViewOnceByPasswordAndByCertificate() {
    int all = 3 * IMAGES * VIEWS;
    assertThat(byPassword).isEqualTo(IMAGES * VIEWS);
    assertThat(byCertificate).isEqualTo(3 * IMAGES * VIEWS);
    assertThat(views).isEqualTo(new RecordCounts(all, all, 0, new TreeSet<>()));
    assertThat(labeledViews)
        .isEqualTo(new RecordCounts(all, all, 0, new TreeSet<>(Set.of("pytorch_libtorch"))));
    assertThat(letters).isZero();
  }

  @Test
  void shouldKeepPasswordsAndSettingsToTheirOwner() throws Exception {
    try (Stream<Path> secrets = Files.list(state.secrets());
        Stream<Path> settingsFiles = Files.list(state.config())) {
      assertThat(Stream.concat(secrets, settingsFiles))
          .hasSizeGreaterThan(9)
          .allSatisfy(
              file ->
                  assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                      .as("%s", file)
                      .isEqualTo("rw-------"));
    }
  }

  static Stream<Needed> needed() {
    return all().filter(needed -> !isOptional(needed));
  }

  private static Stream<Needed> all() {
    return roles().stream()
        .filter(role -> !role.name().equals("trace") && !role.name().equals("demo"))
        .flatMap(role -> role.privileges().stream().map(one -> new Needed(role, one)));
  }

  /** What the page shows where it may. */
  private static boolean isOptional(Needed needed) {
    RequiredAcl privilege = needed.privilege();
    boolean isOfGroup =
        privilege.operation() == AclOperation.DESCRIBE && privilege.type() == ResourceType.GROUP;
    boolean isOfLabels =
        privilege.operation() == AclOperation.READ
            && Set.of(Topics.LABELS, Topics.REVIEW_REQUESTS).contains(privilege.name());
    return needed.role().name().equals("page") && (isOfGroup || isOfLabels);
  }

  @ParameterizedTest
  @MethodSource("needed")
  void shouldSayAtTheStartWhichPrivilegeIsMissing(Needed needed) throws Exception {
    // given
    take(needed);
    try (Service service = service(needed.role().name())) {
      // when, then
      assertThatThrownBy(service::start)
          .isInstanceOf(StartupException.class)
          .hasMessage(
              "kafka: User:%s has no %s (%s)\n  \"stillstream acls\" tells and grants what is needed"
                  .formatted(needed.role().name(), needed.privilege(), needed.privilege().use()));
    } finally {
      give(needed);
    }
  }

  @Test
  void shouldRunAPageWithoutWhatItCanDoWithout() throws Exception {
    // given: it may read neither images to label nor how far the services are
    List<Needed> optional = all().filter(SecuredPipelineIT::isOptional).toList();
    assertThat(optional).hasSize(4);
    for (Needed needed : optional) {
      take(needed);
    }
    try (Service page = service("page")) {
      // when
      page.start();

      // then
      await().atMost(PATIENCE).until(() -> page.health().ready());
    } finally {
      for (Needed needed : optional) {
        give(needed);
      }
    }
  }

  /** One privilege of one service. */
  record Needed(Role role, RequiredAcl privilege) {
    AclBinding binding() {
      return privilege.binding(role.principal());
    }

    @Override
    public String toString() {
      return role.name() + ": " + privilege;
    }
  }

  /**
   * Each service loses something else, and says so; it lives on, and begins again when it is given
   * back.
   */
  private static void withoutAPrivilegeEach(DemoPipeline pipeline) throws Exception {
    Needed labeler = find("labeler", AclOperation.WRITE, "teacher-labeler-");
    Needed trainer = find("trainer", AclOperation.READ, "labeled-views");
    Needed augmenter = find("augmenter", AclOperation.WRITE, "views");
    take(labeler);
    take(trainer);
    feed(pipeline, 2 * IMAGES);
    awaitComplaint(pipeline, labeler);
    awaitComplaint(pipeline, trainer);
    await()
        .atMost(PATIENCE)
        .until(
            () ->
                pipeline.meters().get("teacher.recoveries").counters().stream()
                    .anyMatch(kind -> kind.count() > 0));
    take(augmenter);
    feed(pipeline, 3 * IMAGES);
    awaitComplaint(pipeline, augmenter);
    assertThat(pipeline.health().ready()).isFalse();
    assertThat(pipeline.health().live()).isTrue();
    assertThat(pipeline.failure()).isEmpty();
    give(labeler);
    give(trainer);
    give(augmenter);
  }

  private static void awaitComplaint(DemoPipeline pipeline, Needed lost) {
    await()
        .atMost(PATIENCE)
        .until(
            () -> access(pipeline, lost.role().name()),
            check -> !check.ok() && check.detail().contains("has no " + lost.privilege()));
  }

  private static Check access(DemoPipeline pipeline, String service) {
    return pipeline.health().checks().stream()
        .filter(check -> check.name().equals(service + ".access"))
        .findFirst()
        .orElseThrow();
  }

  private static Needed find(String role, AclOperation operation, String name) {
    return all()
        .filter(one -> one.role().name().equals(role))
        .filter(one -> one.privilege().operation() == operation)
        .filter(one -> one.privilege().name().equals(name))
        .findFirst()
        .orElseThrow();
  }

  private static void take(Needed needed) throws Exception {
    AclBindingFilter filter = needed.binding().toFilter();
    assertThat(admin.deleteAcls(List.of(filter)).all().get()).hasSize(1);
    await().until(() -> admin.describeAcls(filter).values().get().isEmpty());
  }

  private static void give(Needed needed) throws Exception {
    admin.createAcls(List.of(needed.binding())).all().get();
    await().until(() -> !admin.describeAcls(needed.binding().toFilter()).values().get().isEmpty());
  }

  /** Up to so many over the life of the directory. */
  private static void feed(DemoPipeline pipeline, int images) {
    IdxLabeledImages set = IdxLabeledImages.load(settings.data(), IdxLabeledImages.Split.TRAIN);
    try (ImageFeeder feeder =
        new ImageFeeder(
            set,
            settings.dataName(),
            pipeline.clients(),
            pipeline.meters(),
            images,
            true,
            () -> images)) {
      feeder.start();
      await().atMost(PATIENCE).until(() -> feeder.complete() || feeder.failure() != null);
      assertThat(feeder.failure()).isNull();
    }
  }

  private static long trained(DemoPipeline pipeline, int images) {
    await()
        .atMost(PATIENCE)
        .until(
            () ->
                pipeline.trainer().viewsSeen() >= (long) images * VIEWS
                    || pipeline.failure().isPresent());
    assertThat(pipeline.failure()).isEmpty();
    await().atMost(PATIENCE).until(() -> pipeline.health().ready());
    pipeline.closeServices();
    return pipeline.trainer().viewsSeen();
  }

  private static DemoSettingsFiles files() {
    return new DemoSettingsFiles(
        settings, state, ModelSpec.load(settings.studentModel(), "student"), cluster);
  }

  private static List<Role> roles() {
    DemoSettingsFiles files = files();
    return DemoRoles.of(
        files.augmenter(), files.labeler(), files.trainer(), files.page(NO_TRAINER));
  }

  private static Service service(String role) {
    DemoSettingsFiles files = files();
    SimpleMeterRegistry meters = new SimpleMeterRegistry();
    AugmenterConfig augmenter = files.augmenter();
    LabelerConfig labeler = files.labeler();
    TrainerConfig trainer = files.trainer();
    return switch (role) {
      case "augmenter" -> new AugmenterService(augmenter, meters);
      case "labeler" -> new LabelerService(labeler, meters);
      case "page" -> new PageService(files.page(NO_TRAINER), meters, false);
      default -> new TrainerService(trainer, meters);
    };
  }

  /** The same cluster, where services show certificates. */
  private record ByCertificate(SecuredDemoCluster ours, Map<String, Map<String, String>> known)
      implements DemoCluster {
    ByCertificate(SecuredDemoCluster ours) {
      this(ours, new HashMap<>());
    }

    @Override
    public Map<String, String> clients(String role) {
      return known.computeIfAbsent(role, ours::byCertificate);
    }

    @Override
    public Map<String, String> admin() {
      return ours.admin();
    }

    @Override
    public void grantAcls(List<Role> roles) {
      ours.grantAcls(roles);
    }

    @Override
    public void close() {
      ours.close();
    }
  }
}
