package io.stillstream.trainer.predict;

import io.stillstream.runtime.http.BinaryBody;
import io.stillstream.runtime.http.HttpEndpoint;
import io.stillstream.runtime.http.HttpEndpoint.Reply;
import io.stillstream.runtime.http.HttpEndpoint.Request;
import io.stillstream.schemas.answer.ModelTask;
import io.stillstream.schemas.image.FixedShapeResizer;
import io.stillstream.schemas.image.InvalidImageException;
import io.stillstream.trainer.predict.PredictionMetrics.Outcome;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/**
 * {@code POST /predict}: an image comes in, what the champion says of it goes out: the most
 * probable classes, a mask or an embedding. The image is a JPEG, PNG, GIF, WebP or BMP file,
 * whatever content type it is sent as, or {@code application/x-raw-pixels} with the parameters
 * {@code height}, {@code width} and {@code channels}. With {@code format=png}, a mask is answered
 * as a bare PNG file.
 *
 * <p>One image is decoded at a time, since training needs the processors. What the header shows to
 * be too much is refused before it waits for its turn, and what has to wait too long is answered
 * with 503.
 */
public final class PredictEndpoint {
  private static final String RAW = "application/x-raw-pixels";
  private static final String PNG = "png";
  private static final int TOP = 5;
  private static final int MOST = 1000;
  private static final Duration PATIENCE = Duration.ofSeconds(2);

  private final ChampionPredictor predictor;
  private final PredictionMetrics metrics;
  private final LongSupplier nanos;
  private final Supplier<String> missing;
  private final Duration patience;
  private final Semaphore turn;

  /**
   * @param missing why there is no release, for people
   */
  public PredictEndpoint(
      ChampionPredictor predictor,
      PredictionMetrics metrics,
      LongSupplier nanos,
      Supplier<String> missing) {
    this(predictor, metrics, nanos, missing, PATIENCE, new Semaphore(1, true));
  }

  /**
   * @param missing why there is no release, for people
   * @param patience how long a request waits for its turn
   * @param turn permits one request at a time to decode
   */
  PredictEndpoint(
      ChampionPredictor predictor,
      PredictionMetrics metrics,
      LongSupplier nanos,
      Supplier<String> missing,
      Duration patience,
      Semaphore turn) {
    this.patience = patience;
    this.turn = turn;
    this.predictor = predictor;
    this.metrics = metrics;
    this.nanos = nanos;
    this.missing = missing;
  }

  /**
   * As the management port takes it.
   *
   * @param maxBytes longest body
   */
  public HttpEndpoint endpoint(int maxBytes) {
    return new HttpEndpoint("POST", "/predict", maxBytes, this::handle);
  }

  private Reply handle(Request request) throws InterruptedException {
    long start = nanos.getAsLong();
    Reply reply = reply(request);
    Outcome outcome =
        switch (reply.status()) {
          case 200 -> Outcome.PREDICTED;
          case 400 -> Outcome.REFUSED;
          default -> Outcome.UNAVAILABLE;
        };
    metrics.answered(outcome, Duration.ofNanos(nanos.getAsLong() - start));
    return reply;
  }

  private Reply reply(Request request) throws InterruptedException {
    Optional<FixedShapeResizer> fit = predictor.fit();
    if (fit.isEmpty()) {
      return Reply.error(503, missing.get());
    }
    try {
      int top = request.parameter("top").isPresent() ? number(request, "top", MOST) : TOP;
      boolean png = isPng(request);
      if (png && predictor.task().filter(ModelTask.SEGMENTATION::equals).isEmpty()) {
        throw noMask();
      }
      if (!isRaw(request)) {
        fit.get().check(request.body());
      }
      if (!turn.tryAcquire(patience.toMillis(), TimeUnit.MILLISECONDS)) {
        return Reply.error(503, "other images are being predicted: again later");
      }
      try {
        return predictor
            .predict(pixels(request, fit.get()))
            .map(prediction -> Reply.ok(png ? picture(prediction) : prediction.json(top)))
            .orElseGet(() -> Reply.error(503, "the service stops"));
      } finally {
        turn.release();
      }
    } catch (IllegalArgumentException | InvalidImageException e) {
      return Reply.error(400, e.getMessage());
    }
  }

  private static boolean isPng(Request request) {
    String format = request.parameter("format").orElse("json");
    if (!format.equals("json") && !format.equals(PNG)) {
      throw new IllegalArgumentException("parameter format must be json or png, was " + format);
    }
    return format.equals(PNG);
  }

  private static BinaryBody picture(Prediction prediction) {
    return prediction
        .png()
        .map(file -> new BinaryBody("image/png", file))
        .orElseThrow(PredictEndpoint::noMask);
  }

  private static IllegalArgumentException noMask() {
    return new IllegalArgumentException(
        "parameter format must be json, was png: the student's answer is no mask");
  }

  private static boolean isRaw(Request request) {
    return request.contentType().equals(RAW);
  }

  private static byte[] pixels(Request request, FixedShapeResizer fit) {
    if (!isRaw(request)) {
      return fit.ofFile(request.body());
    }
    return fit.ofPixels(
        request.body(),
        number(request, "height", Integer.MAX_VALUE),
        number(request, "width", Integer.MAX_VALUE),
        number(request, "channels", Integer.MAX_VALUE));
  }

  private static int number(Request request, String name, int most) {
    String value =
        request
            .parameter(name)
            .orElseThrow(() -> new IllegalArgumentException(RAW + " needs the parameter " + name));
    try {
      int number = Integer.parseInt(value);
      if (number >= 1 && number <= most) {
        return number;
      }
    } catch (NumberFormatException e) {
      // The exception below names the rule.
    }
    throw new IllegalArgumentException(
        "parameter " + name + " must be a whole number from 1 to " + most + ", was " + value);
  }
}
