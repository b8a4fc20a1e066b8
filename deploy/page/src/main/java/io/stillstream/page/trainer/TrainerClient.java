package io.stillstream.page.trainer;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.stillstream.runtime.config.StartupException;
import io.stillstream.runtime.http.client.ManagementClient;
import io.stillstream.schemas.image.InvalidImageException;
import java.io.IOException;
import java.net.URLEncoder;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** Asks the trainer by HTTP. Every request has a time limit. Safe for several threads. */
public final class TrainerClient {
  private static final Duration TIMEOUT = Duration.ofSeconds(3);

  /** A trace searches topics for up to 20 s. */
  private static final Duration TRACE_TIMEOUT = Duration.ofSeconds(30);

  private static final int OK = 200;
  private static final int NOT_FOUND = 404;
  private static final String PIXELS = "application/x-raw-pixels";
  private static final JsonMapper JSON =
      JsonMapper.builder().disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES).build();

  private final String root;
  private final ManagementClient client;
  private final Duration timeout;

  /**
   * @throws StartupException if the certificates cannot be read
   */
  public TrainerClient(TrainerSettings settings) {
    this(settings, TIMEOUT);
  }

  /**
   * @param timeout of every request but traces
   */
  TrainerClient(TrainerSettings settings, Duration timeout) {
    this.client = new ManagementClient(settings.address(), "trainer.certificates");
    this.root = client.root();
    this.timeout = timeout;
  }

  /** An answer that is passed on as it is. */
  public record Answer(int status, JsonNode body) {}

  /** The state of the training. */
  public TrainingStatus training() throws TrainerUnavailableException, InterruptedException {
    return value(require(get("/training")), TrainingStatus.class);
  }

  /**
   * How often the student predicted which class, [label][prediction]: images, or pixels.
   *
   * @return empty if there is no matrix
   */
  public Optional<long[][]> confusion() throws TrainerUnavailableException, InterruptedException {
    Answer answer = get("/training/confusion");
    return answer.status() == NOT_FOUND
        ? Optional.empty()
        : Optional.of(value(require(answer).path("counts"), long[][].class));
  }

  /**
   * What augmentation did to answers, by operation and strength.
   *
   * @return empty before the first view, and from a trainer that does not count it
   */
  public List<AugmentationSummary> augmentation()
      throws TrainerUnavailableException, InterruptedException {
    Answer answer = get("/training/augmentation");
    return answer.status() == NOT_FOUND
        ? List.of()
        : List.of(value(require(answer).path("rows"), AugmentationSummary[].class));
  }

  /** The latest releases, newest first. */
  public List<ReleaseSummary> releases() throws TrainerUnavailableException, InterruptedException {
    return List.of(value(require(get("/releases")).path("releases"), ReleaseSummary[].class));
  }

  /**
   * What the champion says of a view.
   *
   * @param hwc unsigned bytes [height, width, channels]
   * @return empty before the first release, and if the trainer refuses the pixels
   */
  public Optional<PredictedView> predict(byte[] hwc, int height, int width, int channels)
      throws TrainerUnavailableException, InterruptedException {
    String query =
        "/predict?height=%d&width=%d&channels=%d&top=%d"
            .formatted(height, width, channels, ClassProbability.TOP);
    Answer answer =
        send(
            client
                .request(query, timeout)
                .header("Content-Type", PIXELS)
                .POST(BodyPublishers.ofByteArray(hwc)));
    if (answer.status() != OK) {
      return Optional.empty();
    }
    try {
      return Optional.of(PredictedView.of(answer.body()));
    } catch (IllegalArgumentException | InvalidImageException e) {
      throw new TrainerUnavailableException(root + " does not answer as a trainer does: " + e, e);
    }
  }

  /** The trace of an image: the trainer's answer, whatever its status. */
  public Answer trace(String imageId) throws TrainerUnavailableException, InterruptedException {
    return send(client.request("/trace?image=" + URLEncoder.encode(imageId, UTF_8), TRACE_TIMEOUT));
  }

  /** How good a release was when it was made: the trainer's answer, whatever its status. */
  public Answer evaluation(long version) throws TrainerUnavailableException, InterruptedException {
    return get("/releases/" + version + "/evaluation");
  }

  private Answer get(String path) throws TrainerUnavailableException, InterruptedException {
    return send(client.request(path, timeout));
  }

  private Answer send(HttpRequest.Builder request)
      throws TrainerUnavailableException, InterruptedException {
    HttpResponse<byte[]> response;
    try {
      response = client.send(request, BodyHandlers.ofByteArray());
    } catch (IOException e) {
      throw new TrainerUnavailableException(e.getMessage(), e);
    }
    try {
      return new Answer(response.statusCode(), body(response));
    } catch (IOException e) {
      throw new TrainerUnavailableException(root + " does not answer as a trainer does: " + e, e);
    }
  }

  private static JsonNode body(HttpResponse<byte[]> response) throws IOException {
    return response.statusCode() == OK
        ? JSON.readTree(response.body())
        : JSON.createObjectNode().put("error", ManagementClient.error(response.body()));
  }

  private JsonNode require(Answer answer) throws TrainerUnavailableException {
    if (answer.status() != OK) {
      throw new TrainerUnavailableException(
          answer.status(),
          root + " answers " + answer.status() + " " + answer.body().path("error").asText());
    }
    return answer.body();
  }

  private <T> T value(JsonNode json, Class<T> type) throws TrainerUnavailableException {
    try {
      T value = JSON.treeToValue(json, type);
      if (value != null) {
        return value;
      }
      throw new TrainerUnavailableException(OK, root + " does not answer as a trainer does");
    } catch (JsonProcessingException e) {
      throw new TrainerUnavailableException(root + " does not answer as a trainer does: " + e, e);
    }
  }
}
