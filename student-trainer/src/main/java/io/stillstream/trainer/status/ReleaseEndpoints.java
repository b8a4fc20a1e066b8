package io.stillstream.trainer.status;

import io.stillstream.runtime.http.HttpEndpoint;
import io.stillstream.runtime.http.HttpEndpoint.FileBody;
import io.stillstream.runtime.http.HttpEndpoint.Kind;
import io.stillstream.runtime.http.HttpEndpoint.Reply;
import io.stillstream.runtime.model.ModelSpec;
import io.stillstream.trainer.release.ModelCard;
import io.stillstream.trainer.release.PromotionRequests;
import io.stillstream.trainer.release.PromotionRequests.NotTakenException;
import io.stillstream.trainer.release.PromotionRequests.Promotion;
import io.stillstream.trainer.release.Release;
import io.stillstream.trainer.release.ReleaseException;
import io.stillstream.trainer.release.ReleaseStore;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import java.util.regex.Pattern;

/**
 * What the trainer answers about its releases: {@code GET /releases}, {@code GET
 * /releases/{version}/evaluation}, {@code student.pt} and {@code student.onnx}, {@code POST
 * /releases/{version}/promote} and {@code POST /releases/rollback}. Files are sent from disk, and
 * the loop waits for no client.
 */
final class ReleaseEndpoints {
  private static final Pattern VERSION = Pattern.compile("[1-9]\\d{0,17}");
  private static final String MODEL = "student.pt";
  private static final String ONNX = "student.onnx";

  private final ReleaseStore store;
  private final ReleaseList releases;
  private final PromotionRequests promotions;
  private final Supplier<Optional<ModelSpec>> model;

  /**
   * @param model empty until the training has started
   */
  ReleaseEndpoints(
      ReleaseStore store, PromotionRequests promotions, Supplier<Optional<ModelSpec>> model) {
    this.store = store;
    this.releases = new ReleaseList(store);
    this.promotions = promotions;
    this.model = model;
  }

  /** An answer to a request that names a version, or none. */
  private interface Answer {
    Reply to(OptionalLong version) throws InterruptedException;
  }

  List<HttpEndpoint> all() {
    return List.of(
        endpoint("GET", "/releases", Kind.ANSWER, none -> list()),
        endpoint(
            "GET",
            "/releases/{version}/evaluation",
            Kind.ANSWER,
            version -> evaluation(version.orElseThrow())),
        endpoint("POST", "/releases/rollback", Kind.CHANGE, none -> promote(none)),
        endpoint("POST", "/releases/{version}/promote", Kind.CHANGE, this::promote),
        endpoint(
            "GET",
            "/releases/{version}/" + MODEL,
            Kind.DOWNLOAD,
            version -> file(version.orElseThrow(), MODEL)),
        endpoint(
            "GET",
            "/releases/{version}/" + ONNX,
            Kind.DOWNLOAD,
            version -> file(version.orElseThrow(), ONNX)));
  }

  private HttpEndpoint endpoint(String method, String path, Kind kind, Answer answer) {
    boolean hasVersion = path.contains("{version}");
    return new HttpEndpoint(
        method,
        path,
        0,
        kind,
        request -> answer(hasVersion ? request.parameter("version") : Optional.empty(), answer));
  }

  private Reply answer(Optional<String> version, Answer answer) throws InterruptedException {
    if (model.get().isEmpty()) {
      return Reply.error(503, "starting");
    }
    if (version.isEmpty()) {
      return answer.to(OptionalLong.empty());
    }
    return VERSION.matcher(version.get()).matches() && store.exists(Long.parseLong(version.get()))
        ? answer.to(OptionalLong.of(Long.parseLong(version.get())))
        : Reply.error(404, "there is no release of version " + version.get());
  }

  private Reply list() {
    try {
      return Reply.ok(Map.of("releases", releases.newest()));
    } catch (IOException e) {
      return Reply.error(503, "releases cannot be read: " + e);
    }
  }

  private Reply evaluation(long version) {
    try {
      return Reply.ok(
          ReleaseEvaluation.of(
              Release.read(store, version).card(), model.get().orElseThrow().classes()));
    } catch (ReleaseException e) {
      return unreadable(version, e);
    }
  }

  /** It is damaged, or was pruned at this moment. */
  private Reply unreadable(long version, ReleaseException e) {
    return store.exists(version)
        ? Reply.error(409, e.getMessage())
        : Reply.error(404, "there is no release of version " + version);
  }

  private Reply promote(OptionalLong version) throws InterruptedException {
    try {
      Promotion made = promotions.request(version);
      return Reply.ok(
          Map.of(
              "student",
              model.get().orElseThrow().name(),
              "version",
              made.version(),
              "before",
              made.before()));
    } catch (NotTakenException e) {
      return Reply.error(503, e.getMessage());
    } catch (TimeoutException e) {
      return new Reply(
          202, Map.of("error", "the promotion has begun and takes long", "see", "/releases"));
    } catch (ReleaseException | IllegalStateException e) {
      return Reply.error(409, e.getMessage());
    } catch (IOException e) {
      return Reply.error(503, "the promotion failed, GET /releases shows the champion: " + e);
    }
  }

  private Reply file(long version, String name) {
    try {
      Optional<String> expected = sha256(version, name);
      while (expected.isPresent()) {
        Path file = store.directory(version).resolve(name);
        FileChannel channel = FileChannel.open(file, StandardOpenOption.READ);
        boolean isSame = false;
        try {
          // A release may be replaced by another one of its version: then it is that one's file.
          Optional<String> now = sha256(version, name);
          isSame = now.equals(expected);
          expected = now;
        } finally {
          if (!isSame) {
            channel.close();
          }
        }
        if (isSame) {
          return Reply.ok(
              new FileBody("application/octet-stream", name, expected.orElseThrow(), channel));
        }
      }
      return Reply.error(404, "the release of version " + version + " has no " + name);
    } catch (ReleaseException e) {
      return unreadable(version, e);
    } catch (NoSuchFileException e) {
      return Reply.error(409, store.directory(version) + " is damaged: its " + name + " is gone");
    } catch (IOException e) {
      return Reply.error(503, "the file cannot be read: " + e);
    }
  }

  /** What a file must hash to; empty if the release does not have it. */
  private Optional<String> sha256(long version, String name) throws ReleaseException {
    ModelCard card = Release.read(store, version).card();
    return name.equals(MODEL)
        ? Optional.of(card.sha256())
        : Optional.ofNullable(card.onnx()).map(ModelCard.OnnxEntry::sha256);
  }
}
