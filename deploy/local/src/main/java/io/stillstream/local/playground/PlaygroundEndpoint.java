package io.stillstream.local.playground;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLGenerator;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import io.stillstream.augmenter.image.RenderedView;
import io.stillstream.augmenter.image.ViewGenerator;
import io.stillstream.augmenter.image.decode.ImageSource;
import io.stillstream.augmenter.image.decode.RejectedImageException;
import io.stillstream.augmenter.mapping.RecipeMapper;
import io.stillstream.augmenter.policy.OutputFormat;
import io.stillstream.augmenter.policy.Policy;
import io.stillstream.augmenter.policy.PolicyResolver;
import io.stillstream.local.preview.PolicyPreview;
import io.stillstream.runtime.http.HttpEndpoint;
import io.stillstream.runtime.http.HttpEndpoint.Reply;
import io.stillstream.runtime.http.HttpEndpoint.Request;
import io.stillstream.schemas.PixelEncoding;
import io.stillstream.schemas.image.PixelCodec;
import io.stillstream.schemas.values.ByteArrays;
import io.stillstream.schemas.values.RecipeFormatter;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;

/**
 * {@code /page/playground}: GET says which policies there are, POST makes views of an image with
 * the policy that is sent along. The image counts as offset 0 of partition 0 of a topic {@code
 * preview}, as on the command line. One request is worked on at a time.
 */
public final class PlaygroundEndpoint {
  private static final String PATH = "/page/playground";
  private static final String TOPIC = "preview";
  private static final int LARGEST_IMAGE = 8 << 20;

  /** Base64, the policy with every character escaped, and the keys. */
  private static final int LONGEST_BODY =
      LARGEST_IMAGE / 3 * 4 + 6 * PlaygroundRequest.LONGEST_POLICY + (4 << 10);

  private static final long MAX_PIXELS = 16_000_000;
  private static final long PATIENCE_SECONDS = 10;

  private final String running;
  private final Map<String, String> readyMade = new LinkedHashMap<>();
  private final ReentrantLock turn = new ReentrantLock(true);

  private record AvailablePolicies(String policy, Map<String, String> policies, int maxBytes) {}

  private record Result(List<ViewPreview> views, String policyHash, List<String> notes) {}

  private record ViewPreview(int index, String png, String recipe) {}

  private record ErrorResponse(List<PlaygroundError> errors) {}

  /**
   * @param running the policy that is in force
   */
  public PlaygroundEndpoint(JsonNode running) {
    this.running = yaml(running);
    PolicyResolver.PRESETS.forEach(name -> readyMade.put(name, PolicyResolver.presetYaml(name)));
  }

  /** For the management port. */
  public List<HttpEndpoint> endpoints() {
    return List.of(
        new HttpEndpoint("GET", PATH, 0, request -> offer()),
        new HttpEndpoint("POST", PATH, LONGEST_BODY, this::answer));
  }

  private Reply offer() {
    return Reply.ok(new AvailablePolicies(running, readyMade, LARGEST_IMAGE));
  }

  private Reply answer(Request request) throws InterruptedException {
    if (!turn.tryLock(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
      return Reply.error(503, "other policies are being tried: again later");
    }
    try {
      return Reply.ok(views(PlaygroundRequest.read(request.body())));
    } catch (InvalidPlaygroundRequestException e) {
      return new Reply(400, new ErrorResponse(e.errors()));
    } finally {
      turn.unlock();
    }
  }

  private static Result views(PlaygroundRequest attempt) throws InvalidPlaygroundRequestException {
    Policy typed = PolicyTextParser.parse(attempt.policy());
    Policy policy = typed.withSeedAndViews(attempt.seed().orElse(typed.seed()), attempt.views());
    if (attempt.image().length > LARGEST_IMAGE) {
      throw new InvalidPlaygroundRequestException(
          "image: must have at most %d bytes, has %d"
              .formatted(LARGEST_IMAGE, attempt.image().length));
    }
    ImageSource source = new ImageSource.FileSource(ByteBuffer.wrap(attempt.image()));
    List<ViewPreview> shown = new ArrayList<>();
    try (ViewGenerator maker = new ViewGenerator(policy, MAX_PIXELS)) {
      PolicyCostEstimate.requireWithinLimits(policy, TOPIC, maker.size(source));
      for (RenderedView view : maker.generate(source, TOPIC, 0, 0)) {
        shown.add(shown(view, policy.output()));
      }
    } catch (RejectedImageException e) {
      throw new InvalidPlaygroundRequestException(
          "image: " + e.reason().tag() + ": " + e.getMessage());
    }
    return new Result(
        shown,
        typed.hash(),
        policy.mixesImages()
            ? List.of("the policy mixes images, but there is no second one: nothing is mixed")
            : List.of());
  }

  private static ViewPreview shown(RenderedView view, OutputFormat output) {
    ByteBuffer png =
        PixelCodec.encode(
            PixelEncoding.PNG,
            output.size().height(),
            output.size().width(),
            output.channels(),
            PolicyPreview.encodeAndDecode(output, view.pixels()));
    return new ViewPreview(
        view.index(),
        "data:image/png;base64," + Base64.getEncoder().encodeToString(ByteArrays.copyOf(png)),
        view.index() == 0
            ? "original"
            : String.join("\n", RecipeFormatter.lines(RecipeMapper.toAvro(view.recipe()))));
  }

  private static String yaml(JsonNode tree) {
    try {
      return YAMLMapper.builder()
          .disable(YAMLGenerator.Feature.WRITE_DOC_START_MARKER)
          .disable(YAMLGenerator.Feature.SPLIT_LINES)
          .enable(YAMLGenerator.Feature.MINIMIZE_QUOTES)
          .build()
          .writeValueAsString(tree);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a policy that was read can be written", e);
    }
  }
}
