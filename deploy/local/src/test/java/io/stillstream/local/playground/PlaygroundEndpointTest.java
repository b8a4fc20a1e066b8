package io.stillstream.local.playground;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.stillstream.augmenter.policy.Policy;
import io.stillstream.augmenter.policy.PolicyResolver;
import io.stillstream.runtime.http.HttpEndpoint;
import io.stillstream.runtime.http.HttpEndpoint.Reply;
import io.stillstream.schemas.PixelEncoding;
import io.stillstream.schemas.image.PixelCodec;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PlaygroundEndpointTest {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String SMALL = "output: {height: 8, width: 6, channels: 1}\n";

  private final PlaygroundEndpoint playground =
      new PlaygroundEndpoint(JSON.createObjectNode().put("views", 2).put("encoding", "png"));

  @Test
  void shouldOfferPolicies() throws Exception {
    // when
    JsonNode offer =
        JSON.valueToTree(endpoint("GET").handler().handle(request(new byte[0])).body());

    // then
    assertThat(offer.get("policy").asText()).isEqualTo("views: 2\nencoding: png\n");
    assertThat(offer.get("policies").properties())
        .extracting(Map.Entry::getKey)
        .containsExactlyElementsOf(PolicyResolver.PRESETS);
    assertThat(offer.get("policies").get("fashion-mnist").asText()).startsWith("# Small grey");
    assertThat(offer.get("maxBytes").asInt()).isEqualTo(8 << 20);
  }

  @Test
  void shouldMakeViews() throws Exception {
    // given
    String policy = "seed: 7\n" + SMALL + "operations: [{rotate: {degrees: 15}}, {invert: {p: 1}}]";

    // when
    JsonNode result = post(200, body(policy, png(40, 30)).put("views", 3));
    JsonNode again = post(200, body(policy, png(40, 30)).put("views", 3));
    JsonNode other = post(200, body(policy, png(40, 30)).put("views", 3).put("seed", 8));

    // then
    assertThat(result.get("views")).hasSize(3);
    assertThat(result.get("views").get(0).get("recipe").asText()).isEqualTo("original");
    assertThat(result.get("views").get(2).get("index").asInt()).isEqualTo(2);
    assertThat(result.get("views").get(2).get("recipe").asText())
        .matches("rotate -?[\\d.]+\ninvert\nresize 8x6");
    assertThat(pixels(result, 2)).hasSize(8 * 6).isNotEqualTo(pixels(result, 1));
    assertThat(result.get("policyHash").asText()).hasSize(64);
    assertThat(result.get("notes")).isEmpty();
    assertThat(again).isEqualTo(result);
    assertThat(pixels(other, 0)).isEqualTo(pixels(result, 0));
    assertThat(pixels(other, 1)).isNotEqualTo(pixels(result, 1));
    assertThat(other.get("policyHash")).isEqualTo(result.get("policyHash"));
  }

  @Test
  void shouldTakeReadyMadeOnesAndSettings() throws Exception {
    // given
    String hash = PolicyResolver.load("fashion-mnist").hash();

    // then
    for (String policy :
        List.of(
            PolicyResolver.presetYaml("fashion-mnist"),
            "fashion-mnist",
            "preset: fashion-mnist",
            "threads: 2\npolicy: {preset: fashion-mnist}")) {
      assertThat(post(200, body(policy, png(28, 28))).get("policyHash").asText()).isEqualTo(hash);
    }
    JsonNode mixing = post(200, body(SMALL + "operations: [mixup]", png(28, 28)).put("views", 2));
    assertThat(mixing.get("notes").get(0).asText()).contains("nothing is mixed");
  }

  @Test
  void shouldSayWhereEverythingStandsThatIsWrong() throws Exception {
    // given
    String policy =
        """
        views: 0
        output:
          height: 28
        operations:
          - rotate: {degrees: 400}
          - horizontal_flop
          - translate:
              pixels: 2
              pixel: 3
        colour: true
        """;

    // then
    assertThat(errors(post(400, body(policy, png(2, 2)))))
        .anyMatch(e -> e.startsWith("1:8 policy.views: must be from"))
        .anyMatch(e -> e.startsWith("2:1 policy.output.width: is required"))
        .anyMatch(e -> e.startsWith("5:23 policy.operations[0].rotate.degrees: must be from"))
        .anyMatch(e -> e.startsWith("6:5 policy.operations[1].horizontal_flop: unknown operation"))
        .anyMatch(e -> e.startsWith("9:7 policy.operations[2].translate.pixel: unknown key"))
        .anyMatch(e -> e.startsWith("10:1 policy.colour: unknown key"))
        .hasSize(6);
  }

  @Test
  void shouldSayWhereTheSyntaxIsWrong() throws Exception {
    assertThat(errors(post(400, body("views: 2\noutput: {height: 28\nseed: 1\n", png(2, 2)))))
        .singleElement()
        .asString()
        .matches("[34]:\\d+ expected .*");
    assertThat(errors(post(400, body("views: 2\nseed: 1\nviews: 3\n", png(2, 2)))))
        .singleElement()
        .asString()
        .matches("3:\\d+ Duplicate field 'views'.*");
    assertThat(errors(post(400, body("# nothing", png(2, 2)))))
        .containsExactly("1:1 there is no policy");
    assertThat(errors(post(400, body("[1, 2]", png(2, 2)))))
        .allMatch(e -> e.startsWith("1:1 policy"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "/etc/passwd | 1:1 policy: must be a ready-made policy",
        "preset: ../secret.yaml | 1:9 policy.preset: must be a ready-made policy",
        "policy: {preset: [a]} | 1:18 policy.preset: must be a ready-made policy"
      })
  void shouldReadNoFiles(String policy, String error) throws Exception {
    assertThat(errors(post(400, body(policy, png(2, 2)))))
        .singleElement()
        .asString()
        .startsWith(error)
        .contains("files are not read here");
  }

  @Test
  void shouldRefuseWhatWouldTakeTooLong() throws Exception {
    String large = "{resize: {height: 16000, width: 16000}}, ";
    String blur = "{gaussian_blur: {kernel_size: 99}}, ";

    // then
    assertThat(errors(post(400, body(SMALL + "operations: [" + large + blur + "]", png(28, 28)))))
        .containsExactly(
            "null:null view 1: resize makes 16000 x 16000 pixels of the image, more than"
                + " 16,000,000");
    assertThat(
            errors(
                post(
                    400,
                    body(
                        SMALL
                            + "operations: [{resize: {height: 1000, width: 1000}}, "
                            + blur.repeat(20)
                            + "]",
                        png(28, 28)))))
        .singleElement()
        .asString()
        .contains("gaussian_blur: the views take more than 1,000,000,000 pixels times steps");
    assertThat(errors(post(400, body("output: {height: 4000, width: 4000}", png(28, 28)))))
        .singleElement()
        .asString()
        .contains("24 views of 4000 x 4000 are 384,000,000 pixels, more than 8,000,000");
  }

  @Test
  void shouldGetOverAliasesOfAliases() throws Exception {
    // given: what would be a million nodes, were each alias followed
    StringBuilder policy = new StringBuilder("a0: &a0 [1, 1, 1, 1]\n");
    for (int i = 1; i < 10; i++) {
      policy.append("a%d: &a%d [%s]\n".formatted(i, i, "*a%d, ".formatted(i - 1).repeat(4)));
    }

    // then
    assertThat(errors(post(400, body(policy.toString(), png(2, 2)))))
        .anyMatch(e -> e.startsWith("10:1 policy.a9: unknown key"));
  }

  @Test
  void shouldNameWhatIsWrongWithTheRequest() throws Exception {
    assertThat(errors(post(400, body(SMALL, "no image".getBytes(UTF_8)))))
        .singleElement()
        .asString()
        .startsWith("null:null image: ");
    assertThat(errors(post(400, body(SMALL, png(2, 2)).put("views", 25))))
        .containsExactly("null:null views: must be a whole number from 1 to 24, was 25");
    assertThat(errors(post(400, body(SMALL, png(2, 2)).put("seed", "x"))))
        .containsExactly("null:null seed: must be a whole number of 64 bits, was \"x\"");
    assertThat(errors(post(400, body(SMALL, png(2, 2)).put("image", "*"))))
        .singleElement()
        .asString()
        .startsWith("null:null image: must be a file in base64: ");
    assertThat(errors(post(400, body("#".repeat(70_000), png(2, 2)))))
        .containsExactly("null:null policy: must have at most 65536 characters, has 70000");
    assertThat(errors(post(400, JSON.createObjectNode())))
        .containsExactly("null:null policy: must be a text, was MISSING");
    Reply reply = endpoint("POST").handler().handle(request("{".getBytes(UTF_8)));
    assertThat(reply.status()).isEqualTo(400);
    assertThat(endpoint("POST").maxBytes()).isGreaterThan((8 << 20) / 3 * 4);
  }

  @Test
  void shouldShowTheRunningPolicySoThatItCanBeSentBack() throws Exception {
    // given
    Policy policy = PolicyResolver.load("trivial-augment");
    PlaygroundEndpoint running = new PlaygroundEndpoint(JSON.readTree(policy.canonicalJson()));

    // when
    Object offer = running.endpoints().get(0).handler().handle(request(new byte[0])).body();
    String yaml = JSON.valueToTree(offer).get("policy").asText();

    // then
    assertThat(PolicyTextParser.parse(yaml).hash()).isEqualTo(policy.hash());
  }

  private JsonNode post(int status, ObjectNode body) throws Exception {
    Reply reply = endpoint("POST").handler().handle(request(JSON.writeValueAsBytes(body)));
    JsonNode tree = JSON.valueToTree(reply.body());
    assertThat(reply.status()).as(tree.toString()).isEqualTo(status);
    return tree;
  }

  private HttpEndpoint endpoint(String method) {
    return playground.endpoints().stream()
        .filter(endpoint -> endpoint.method().equals(method))
        .findFirst()
        .orElseThrow();
  }

  private static HttpEndpoint.Request request(byte[] body) {
    return new HttpEndpoint.Request("application/json", Map.of(), body);
  }

  private static ObjectNode body(String policy, byte[] image) {
    return JSON.createObjectNode()
        .put("policy", policy)
        .put("image", Base64.getEncoder().encodeToString(image));
  }

  private static List<String> errors(JsonNode refusal) {
    List<String> errors = new ArrayList<>();
    refusal
        .get("errors")
        .forEach(
            error ->
                errors.add(
                    "%s:%s %s"
                        .formatted(
                            error.get("line").asText(),
                            error.get("column").asText(),
                            error.get("message").asText())));
    return errors;
  }

  private static byte[] pixels(JsonNode result, int view) {
    String url = result.get("views").get(view).get("png").asText();
    assertThat(url).startsWith("data:image/png;base64,");
    return PixelCodec.decode(
        PixelEncoding.PNG,
        8,
        6,
        1,
        ByteBuffer.wrap(Base64.getDecoder().decode(url.substring(url.indexOf(',') + 1))));
  }

  private static byte[] png(int height, int width) {
    byte[] pixels = new byte[height * width];
    for (int i = 0; i < pixels.length; i++) {
      pixels[i] = (byte) (7 * i);
    }
    ByteBuffer file = PixelCodec.encode(PixelEncoding.PNG, height, width, 1, pixels);
    byte[] bytes = new byte[file.remaining()];
    file.get(bytes);
    return bytes;
  }
}
