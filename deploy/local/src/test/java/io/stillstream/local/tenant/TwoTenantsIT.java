package io.stillstream.local.tenant;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.stillstream.embedded.TestCertificateAuthority;
import io.stillstream.embedded.kafka.SecuredKafka;
import io.stillstream.embedded.registry.DevelopmentRegistry;
import io.stillstream.local.StillstreamMain;
import io.stillstream.runtime.config.StartupException;
import io.stillstream.runtime.kafka.KafkaSettings;
import io.stillstream.runtime.lookup.TopicReader;
import io.stillstream.runtime.service.Service;
import io.stillstream.trainer.TrainerService;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.GroupListing;
import org.apache.kafka.clients.admin.TransactionListing;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.errors.TopicAuthorizationException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Two whole pipelines on one broker that differ in their prefixes, their users, their images and
 * their students: what each user may do is what "acls apply" grants for its prefix, and no more.
 * The tools are the tenants' own, too. What the pipelines left behind is looked at by each test.
 */
class TwoTenantsIT {
  private static final Duration PATIENCE = Duration.ofMinutes(4);

  /** A batch of views, and two. */
  private static final Map<String, Integer> IMAGES = Map.of("a", 32, "b", 64);

  /** Records that are no images. */
  private static final Map<String, Integer> BAD = Map.of("a", 1, "b", 2);

  @TempDir static Path directory;
  private static SecuredKafka kafka;
  private static DevelopmentRegistry registry;
  private static Admin admin;
  private static Tenant a;
  private static Tenant b;

  @BeforeAll
  static void runBoth() throws Exception {
    TestCertificateAuthority authority =
        TestCertificateAuthority.create(directory.resolve("authority"), "tenants");
    kafka = SecuredKafka.start(directory.resolve("kafka"), 0, authority);
    registry = DevelopmentRegistry.start(directory.resolve("registry.json"), 0);
    admin = Admin.create(KafkaSettings.admin(kafka.admin()));
    a = tenant("a");
    b = tenant("b");
    List<Service> ofA = prepared(a);
    List<Service> ofB = prepared(b);
    List<Service> all = Stream.concat(ofA.stream(), ofB.stream()).toList();
    try {
      all.forEach(Service::start);
      fill(a);
      fill(b);
      await().atMost(PATIENCE).until(() -> trained(a, ofA) && trained(b, ofB));
      await().atMost(PATIENCE).until(() -> letters(a) == 1 && letters(b) == 2);
      for (Tenant tenant : List.of(a, b)) {
        await().atMost(PATIENCE).until(() -> !keys(tenant, "student-progress").isEmpty());
      }
      await().atMost(PATIENCE).until(() -> all.stream().allMatch(one -> one.health().ready()));
    } finally {
      all.forEach(Service::close);
    }
  }

  @AfterAll
  static void stop() {
    admin.close(Duration.ZERO);
    registry.close();
    kafka.close();
  }

  @Test
  void shouldTrainEachStudentOnItsOwnImagesOnly() {
    for (Tenant tenant : List.of(a, b)) {
      int images = IMAGES.get(tenant.name());
      assertThat(keys(tenant, "images").stream().filter(key -> !key.startsWith("bad")))
          .hasSize(images)
          .allMatch(key -> key.startsWith(tenant.name() + "/"));
      for (String topic : List.of("views", "labeled-views")) {
        assertThat(keys(tenant, topic))
            .as("%s of %s", topic, tenant.name())
            .hasSize(images * Tenant.VIEWS)
            .allMatch(key -> key.startsWith(tenant.name() + "/"));
      }
      for (String topic : List.of("student-releases", "student-progress")) {
        assertThat(keys(tenant, topic))
            .as("%s of %s", topic, tenant.name())
            .isNotEmpty()
            .allMatch(key -> key.equals(tenant.student()));
      }
    }
  }

  @Test
  void shouldKeepDeadLettersApart() {
    for (Tenant tenant : List.of(a, b)) {
      assertThat(letters(tenant)).isEqualTo((long) BAD.get(tenant.name()));
      List<String> listed =
          stillstream(0, "dead-letters", "list", "--json", "--config", tools(tenant));
      assertThat(listed)
          .hasSize(BAD.get(tenant.name()))
          .allMatch(line -> line.contains(tenant.prefix() + "images"));
    }
  }

  @Test
  void shouldReplayDeadLettersOfOneTenantOnly() throws Exception {
    // when
    List<String> said = stillstream(0, "dead-letters", "replay", "--all", "--config", tools(b));

    // then
    assertThat(said).last().asString().startsWith("2 replayed");
    assertThat(keys(b, "images").stream().filter(key -> key.startsWith("bad"))).hasSize(4);
    assertThat(keys(b, "dead-letter-replays")).hasSize(2);
    assertThat(keys(a, "images").stream().filter(key -> key.startsWith("bad"))).hasSize(1);
    assertThat(keys(a, "dead-letter-replays")).isEmpty();
    assertThat(admin.listTransactions().all().get().stream().map(one -> one.transactionalId()))
        .contains("b.stillstream-replay-of-b.dead-letters");
  }

  @Test
  void shouldKeepReleasesApart() {
    for (Tenant tenant : List.of(a, b)) {
      Tenant other = tenant == a ? b : a;
      String trainer = tenant.file("trainer").toString();
      assertThat(String.join("\n", stillstream(0, "releases", "list", "--config", trainer)))
          .contains(tenant.student())
          .doesNotContain(other.student());
    }
  }

  @Test
  void shouldTraceOwnImagesOnly() {
    // given
    String image = keys(a, "views").get(0);

    // then
    assertThat(stillstream(0, "trace", image, "--config", a.file("trainer").toString()))
        .anyMatch(line -> line.contains("a.images"));
    assertThat(stillstream(3, "trace", image, "--config", b.file("trainer").toString()))
        .singleElement()
        .asString()
        .contains("nothing is known of an image " + image);
    assertThat(
            stillstream(
                0, "replay", "--image-id", image, "--config", a.file("augmenter").toString()))
        .last()
        .asString()
        .startsWith("4 views: 4 equal");
  }

  @Test
  void shouldLookForAnImageToForgetInOwnTopicsOnly() {
    // given: an image that the other one has
    String image = keys(a, "views").get(0);

    // when
    List<String> said = stillstream(0, "forget", image, "--withdraw", "--config", tools(b));
    List<String> asked = stillstream(3, "forget", image, "--wait", "0", "--config", tools(b));

    // then
    assertThat(said).singleElement().asString().startsWith("withdrawn");
    assertThat(asked)
        .anyMatch(line -> line.startsWith("trainer   " + b.student()))
        .anyMatch(line -> line.startsWith("topic     b.images: holds none"))
        .anyMatch(line -> line.startsWith("store     b.augmenter-recent-images-changelog"))
        .noneMatch(line -> line.contains(" a."));
    assertThat(keys(a, "forgotten")).isEmpty();
  }

  @Test
  void shouldHaveNoNameOutsideThePrefixes() throws Exception {
    // when
    Set<String> topics = admin.listTopics().names().get();
    List<String> groups =
        admin.listGroups().all().get().stream().map(GroupListing::groupId).toList();
    List<String> transactions =
        admin.listTransactions().all().get().stream()
            .map(TransactionListing::transactionalId)
            .toList();
    List<String> subjects = subjects();

    // then
    for (Tenant tenant : List.of(a, b)) {
      String prefix = tenant.prefix();
      assertThat(topics).contains(prefix + "augmenter-recent-images-changelog", prefix + "images");
      assertThat(groups)
          .contains(prefix + "augmenter", prefix + "teacher-labeler", prefix + "student-trainer");
      assertThat(transactions)
          .contains(prefix + "teacher-labeler-0")
          .anyMatch(id -> id.startsWith(prefix + "augmenter-"));
      assertThat(subjects).contains(prefix + "images-value", prefix + "labeled-views-value");
    }
    assertThat(
            Stream.of(topics, groups, transactions, subjects)
                .flatMap(names -> names.stream())
                .filter(name -> !name.startsWith("a.") && !name.startsWith("b.")))
        .isEmpty();
  }

  @Test
  void shouldRefuseTheOtherTenantsTopicsAndServices() throws Exception {
    // given: the user of one, and the names of the other
    Tenant stranger = new Tenant("b", directory.resolve("stranger"), a.clients());

    // then
    for (String topic : List.of("b.images", "b.views", "b.student-releases", "b.dead-letters")) {
      assertThatThrownBy(() -> new TopicReader(a.clients(), topic).close())
          .as(topic)
          .isInstanceOf(TopicAuthorizationException.class);
    }
    for (Service service : stranger.services()) {
      try (service) {
        assertThatThrownBy(service::start)
            .isInstanceOf(StartupException.class)
            .hasMessageContaining("User:a has no ")
            .hasMessageContaining(" b.");
      }
    }
    assertThat(letters(b)).isEqualTo(2);
  }

  @Test
  void shouldRefuseATopicThatDiffersInPunctuationOnly() {
    // when: Kafka's metrics have the same name for both
    List<String> said =
        stillstream(
            2, "topics", "create", "--topics-prefix", "a_", "--config", directory + "/admin.yaml");

    // then
    assertThat(said)
        .anyMatch(line -> line.contains("a_images") && line.contains("collides"))
        .noneMatch(line -> line.matches("a_\\S+ +created"));
  }

  private static Tenant tenant(String name) throws Exception {
    String password = "secret of " + name;
    kafka.user(name, password);
    Map<String, String> clients = new HashMap<>(kafka.password(name, password));
    clients.put("schema.registry.url", registry.url().toString());
    return new Tenant(name, directory.resolve(name), clients);
  }

  /** Its services, not started: the administrator has granted what is needed, its topics exist. */
  private static List<Service> prepared(Tenant tenant) throws Exception {
    List<Service> services = tenant.services();
    List<String> arguments =
        new ArrayList<>(
            List.of(
                "acls",
                "apply",
                "--config",
                administrator().toString(),
                "--topics-prefix",
                tenant.prefix()));
    for (String service : List.of("augmenter", "labeler", "trainer", "page")) {
      arguments.add("--" + service);
      arguments.add(tenant.file(service).toString());
    }
    for (String role :
        List.of(
            "topics", "ingest", "label", "dead-letters", "forget", "replay", "releases", "trace")) {
      arguments.add("--principal");
      arguments.add(role + "=User:" + tenant.name());
    }
    List<String> granted = stillstream(0, arguments.toArray(String[]::new));
    assertThat(granted).anyMatch(line -> line.startsWith("trainer       User:" + tenant.name()));
    List<String> created =
        stillstream(0, "topics", "create", "--partitions", "2", "--config", tools(tenant));
    assertThat(created.stream().filter(line -> line.endsWith("created")))
        .hasSize(11)
        .allMatch(line -> line.startsWith(tenant.prefix()));
    return services;
  }

  private static Path administrator() throws Exception {
    Path file = directory.resolve("admin.yaml");
    StringBuilder yaml = new StringBuilder("kafka:\n");
    kafka.admin().forEach((key, value) -> yaml.append("  " + key + ": '" + value + "'\n"));
    return Files.writeString(file, yaml);
  }

  private static void fill(Tenant tenant) throws Exception {
    int images = IMAGES.get(tenant.name());
    List<String> said =
        stillstream(
            0,
            "ingest",
            tenant.images(images).toString(),
            "--source",
            tenant.name(),
            "--config",
            tools(tenant));
    assertThat(said).anyMatch(line -> line.contains("sent to " + tenant.prefix() + "images"));
    try (KafkaProducer<byte[], byte[]> producer =
        new KafkaProducer<>(KafkaSettings.producer(tenant.clients(), Map.of()))) {
      for (int i = 0; i < BAD.get(tenant.name()); i++) {
        byte[] bytes = ("bad" + i).getBytes(UTF_8);
        producer.send(new ProducerRecord<>(tenant.prefix() + "images", bytes, bytes)).get();
      }
    }
  }

  private static boolean trained(Tenant tenant, List<Service> services) {
    return ((TrainerService) services.get(0)).viewsSeen()
        == (long) IMAGES.get(tenant.name()) * Tenant.VIEWS;
  }

  private static long letters(Tenant tenant) {
    return keys(tenant, "dead-letters").size();
  }

  private static List<String> keys(Tenant tenant, String defaultName) {
    List<String> keys = new ArrayList<>();
    try (TopicReader reader = new TopicReader(tenant.clients(), tenant.prefix() + defaultName)) {
      reader.readAll(record -> keys.add(new String(record.key(), UTF_8)));
    }
    return keys;
  }

  private static List<String> subjects() throws Exception {
    URI uri = URI.create(registry.url() + "/subjects");
    String body =
        HttpClient.newHttpClient()
            .send(HttpRequest.newBuilder(uri).build(), BodyHandlers.ofString())
            .body();
    return Arrays.stream(body.replaceAll("[\\[\\]\" ]", "").split(",", -1))
        .collect(Collectors.toCollection(TreeSet::new))
        .stream()
        .toList();
  }

  private static String tools(Tenant tenant) {
    return tenant.file("tools").toString();
  }

  /** What a command says, errors too. */
  private static List<String> stillstream(int code, String... arguments) {
    StringWriter said = new StringWriter();
    int ended =
        StillstreamMain.commandLine()
            .setOut(new PrintWriter(said, true))
            .setErr(new PrintWriter(said, true))
            .execute(arguments);
    assertThat(ended).as("%s: %s", String.join(" ", arguments), said).isEqualTo(code);
    return said.toString().lines().toList();
  }
}
