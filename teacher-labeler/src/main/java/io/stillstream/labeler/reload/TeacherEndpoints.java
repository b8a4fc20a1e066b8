package io.stillstream.labeler.reload;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.stillstream.labeler.model.TeacherModel;
import io.stillstream.labeler.model.TeacherUnavailableException;
import io.stillstream.labeler.reload.TeacherReloader.LoadRequest;
import io.stillstream.runtime.config.StartupException;
import io.stillstream.runtime.config.YamlSettings;
import io.stillstream.runtime.http.HttpEndpoint;
import io.stillstream.runtime.http.HttpEndpoint.Reply;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * The endpoints of {@code /teacher} on the management port. {@code GET} returns the state of all
 * teachers. {@code POST} loads newer models at once; with a path, as a parameter or in a JSON body,
 * it loads the model there, even an older one. It replies 202 without waiting until they are
 * loaded; the result shows in {@code GET}. It is for the user of {@code management.basic} only.
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

  /** A request that is refused, with the status of the reply. */
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
            "POST",
            PATH,
            LONGEST_BODY,
            HttpEndpoint.Kind.CHANGE,
            request -> withTeachers(reloader -> load(reloader, request))));
  }

  private interface RequestHandler {
    Reply answer(TeacherReloader reloader) throws RequestException;
  }

  private Reply withTeachers(RequestHandler handler) {
    TeacherReloader reloader = source.get();
    if (reloader == null) {
      return Reply.error(503, "the teachers are not loaded yet");
    }
    try {
      return handler.answer(reloader);
    } catch (RequestException e) {
      return Reply.error(e.status, e.getMessage());
    } catch (StartupException | TeacherUnavailableException e) {
      // Of a server that refuses, or is away.
      return Reply.error(503, e.getMessage());
    }
  }

  private Reply state(TeacherReloader reloader) {
    return Reply.ok(Map.of("teachers", reloader.slots().stream().map(this::state).toList()));
  }

  private Map<String, Object> state(TeacherSlot slot) {
    TeacherModel.Identity identity = slot.active().identity();
    Map<String, Object> state = new LinkedHashMap<>();
    state.put("name", identity.name());
    state.put("version", identity.version());
    state.put("sha256", identity.sha256());
    state.put("platform", identity.platform());
    state.put("task", slot.active().spec().task().key());
    state.put("path", slot.active().version().location());
    state.put("root", slot.source().location());
    state.put("problem", slot.source().problem().orElse(null));
    state.put("since", slot.active().since().toString());
    state.put("loading", slot.candidate().orElse(null));
    state.put(
        "lastFailure",
        slot.lastFailure()
            .map(
                failure ->
                    Map.of(
                        "path", failure.location(),
                        "at", failure.at().toString(),
                        "message", failure.message()))
            .orElse(null));
    return state;
  }

  private Reply load(TeacherReloader reloader, HttpEndpoint.Request request)
      throws RequestException {
    ReloadRequest wanted = read(request);
    List<LoadRequest> loads = new ArrayList<>();
    if (wanted.path().isPresent()) {
      loads.add(named(reloader, wanted.path().get(), wanted.teacher()));
    } else {
      for (TeacherSlot slot : asked(reloader, wanted.teacher())) {
        reloader
            .newest(slot)
            .map(version -> new LoadRequest(slot.index(), version))
            .ifPresent(loads::add);
      }
    }
    loads.removeIf(
        one -> one.version().equals(reloader.slots().get(one.slot()).active().version()));
    if (loads.isEmpty()) {
      return Reply.ok(Map.of("message", "it teaches already"));
    }
    if (!reloader.request(loads)) {
      throw new RequestException(409, "a teacher is being loaded; ask again when it is done");
    }
    return new Reply(
        202, Map.of("loading", loads.stream().map(one -> one.version().location()).toList()));
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

  private static List<TeacherSlot> asked(TeacherReloader reloader, Optional<Integer> index)
      throws RequestException {
    List<TeacherSlot> slots = reloader.slots();
    if (index.isEmpty()) {
      return slots;
    }
    if (index.get() < 0 || index.get() >= slots.size()) {
      throw new RequestException(
          400, "teacher must be from 0 to " + (slots.size() - 1) + ", was " + index.get());
    }
    return List.of(slots.get(index.get()));
  }

  private static LoadRequest named(TeacherReloader reloader, Path path, Optional<Integer> index)
      throws RequestException {
    List<LoadRequest> found = new ArrayList<>();
    Optional<String> refusal = Optional.empty();
    List<TeacherSlot> asked = asked(reloader, index);
    int outside = 0;
    for (TeacherSlot slot : asked) {
      try {
        slot.source()
            .find(path)
            .map(version -> new LoadRequest(slot.index(), version))
            .ifPresent(found::add);
      } catch (IllegalArgumentException e) {
        refusal = refusal.or(() -> Optional.of(e.getMessage()));
        outside++;
      }
    }
    if (outside == asked.size()) {
      throw new RequestException(400, refusal.orElseThrow());
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
}
