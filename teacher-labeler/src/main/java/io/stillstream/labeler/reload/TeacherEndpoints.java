package io.stillstream.labeler.reload;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.stillstream.labeler.reload.TeacherReloader.LoadRequest;
import io.stillstream.runtime.config.StartupException;
import io.stillstream.runtime.config.YamlSettings;
import io.stillstream.runtime.http.HttpEndpoint;
import io.stillstream.runtime.http.HttpEndpoint.Reply;
import io.stillstream.runtime.model.ModelSpec;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * What operators ask and order on the management port. {@code GET /teacher} says who teaches.
 * {@code POST /teacher} looks for newer models at once; with a path, as a parameter or in a JSON
 * body, it takes the model there, even an older one. Nothing waits for the loading: the reply is
 * 202, and GET tells the rest.
 */
public final class TeacherEndpoints {
  private static final String PATH = "/teacher";
  private static final int LONGEST_BODY = 8192;

  private final Supplier<TeacherReloader> source;

  /**
   * @param source null as long as there are no teachers
   */
  public TeacherEndpoints(Supplier<TeacherReloader> source) {
    this.source = source;
  }

  /** What a POST may hold. */
  record ReloadRequest(Optional<Path> path, Optional<Integer> teacher) {}

  /** An order that cannot be carried out, with the reply to it. */
  private static final class RequestException extends Exception {
    private static final long serialVersionUID = 1L;
    private final int status;

    private RequestException(int status, String message) {
      super(message);
      this.status = status;
    }
  }

  public List<HttpEndpoint> all() {
    return List.of(
        new HttpEndpoint("GET", PATH, 0, request -> withTeachers(this::state)),
        new HttpEndpoint(
            "POST", PATH, LONGEST_BODY, request -> withTeachers(known -> order(known, request))));
  }

  private interface RequestHandler {
    Reply answer(TeacherReloader reloads) throws RequestException;
  }

  private Reply withTeachers(RequestHandler answering) {
    TeacherReloader reloads = source.get();
    if (reloads == null) {
      return Reply.error(503, "the teachers are not loaded yet");
    }
    try {
      return answering.answer(reloads);
    } catch (RequestException e) {
      return Reply.error(e.status, e.getMessage());
    }
  }

  private Reply state(TeacherReloader reloads) {
    return Reply.ok(Map.of("teachers", reloads.slots().stream().map(this::state).toList()));
  }

  private Map<String, Object> state(TeacherSlot chair) {
    ModelSpec spec = chair.active().spec();
    Map<String, Object> state = new LinkedHashMap<>();
    state.put("name", spec.name());
    state.put("version", spec.version());
    state.put("sha256", spec.sha256());
    state.put("path", chair.active().files().path().toString());
    state.put("root", chair.root().path().toString());
    state.put("since", chair.active().since().toString());
    state.put("loading", chair.candidate().map(Path::toString).orElse(null));
    state.put(
        "lastFailure",
        chair
            .lastFailure()
            .map(
                failure ->
                    Map.of(
                        "path", failure.path().toString(),
                        "at", failure.at().toString(),
                        "message", failure.message()))
            .orElse(null));
    return state;
  }

  private Reply order(TeacherReloader reloads, HttpEndpoint.Request request)
      throws RequestException {
    ReloadRequest order = read(request);
    List<LoadRequest> wanted = new ArrayList<>();
    if (order.path().isPresent()) {
      wanted.add(named(reloads, order.path().get(), order.teacher()));
    } else {
      for (TeacherSlot chair : asked(reloads, order.teacher())) {
        reloads
            .newest(chair)
            .map(files -> new LoadRequest(chair.index(), files))
            .ifPresent(wanted::add);
      }
    }
    wanted.removeIf(one -> one.files().equals(reloads.slots().get(one.chair()).active().files()));
    if (wanted.isEmpty()) {
      return Reply.ok(Map.of("message", "it teaches already"));
    }
    if (!reloads.request(wanted)) {
      throw new RequestException(409, "a teacher is being loaded; ask again when it is done");
    }
    return new Reply(
        202, Map.of("loading", wanted.stream().map(one -> one.files().path().toString()).toList()));
  }

  private static ReloadRequest read(HttpEndpoint.Request request) throws RequestException {
    try {
      // JSON is YAML; an empty body names nothing.
      ReloadRequest body =
          YamlSettings.parse(new String(request.body(), UTF_8), ReloadRequest.class, Map.of());
      return new ReloadRequest(
          request.parameter("path").map(Path::of).or(body::path),
          request.parameter("teacher").map(Integer::valueOf).or(body::teacher));
    } catch (StartupException | InvalidPathException e) {
      throw new RequestException(
          400, "the body must be {\"path\": …, \"teacher\": …}: " + e.getMessage());
    } catch (NumberFormatException e) {
      throw new RequestException(400, "teacher must be a number: " + e.getMessage());
    }
  }

  private static List<TeacherSlot> asked(TeacherReloader reloads, Optional<Integer> index)
      throws RequestException {
    List<TeacherSlot> chairs = reloads.slots();
    if (index.isEmpty()) {
      return chairs;
    }
    if (index.get() < 0 || index.get() >= chairs.size()) {
      throw new RequestException(
          400, "teacher must be from 0 to " + (chairs.size() - 1) + ", was " + index.get());
    }
    return List.of(chairs.get(index.get()));
  }

  private static LoadRequest named(TeacherReloader reloads, Path path, Optional<Integer> index)
      throws RequestException {
    List<LoadRequest> found = new ArrayList<>();
    boolean outside = true;
    for (TeacherSlot chair : asked(reloads, index)) {
      Optional<Path> place = chair.root().resolve(path);
      if (place.isPresent()) {
        outside = false;
        found(chair, place.get()).ifPresent(found::add);
      }
    }
    if (outside) {
      throw new RequestException(400, "path must lie below the configured one, was " + path);
    }
    if (found.isEmpty()) {
      throw new RequestException(404, "there is no teacher.yaml with its model in " + path);
    }
    if (found.size() > 1) {
      throw new RequestException(
          400, "several teachers have a " + path + ": say which, from 0, as teacher");
    }
    return found.get(0);
  }

  private static Optional<LoadRequest> found(TeacherSlot chair, Path place) {
    return Files.exists(place)
        ? ModelFiles.at(place).map(files -> new LoadRequest(chair.index(), files))
        : Optional.empty();
  }
}
