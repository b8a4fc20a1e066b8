package io.stillstream.local.release;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.stillstream.local.exit.CommandFailedException;
import io.stillstream.local.terminal.TaskProgress;
import io.stillstream.runtime.config.StartupException;
import io.stillstream.runtime.http.client.ManagementAddress;
import io.stillstream.runtime.http.client.ManagementClient;
import io.stillstream.schemas.values.Sha256;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.DigestInputStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/** Releases behind a trainer's management port. The trainer announces what is promoted. */
public final class TrainerReleases implements StudentReleases {
  /** A promotion waits for a checkpoint that is being written, for twice 20 s at most. */
  private static final Duration TIMEOUT = Duration.ofSeconds(60);

  private static final int OK = 200;
  private static final int ACCEPTED = 202;
  private static final int UNAVAILABLE = 503;
  private static final JsonMapper JSON = new JsonMapper();

  private final ManagementClient client;
  private final Optional<String> student;

  /**
   * @param student the only one that is meant
   */
  public TrainerReleases(ManagementAddress address, Optional<String> student) {
    this.client = new ManagementClient(address, "--cacert");
    this.student = student;
  }

  @Override
  public Listing list() throws IOException {
    String name = requireStudent();
    List<JsonNode> newestFirst = new ArrayList<>();
    json(client.request("/releases", TIMEOUT)).path("releases").forEach(newestFirst::add);
    List<ListedRelease> oldestFirst = new ArrayList<>();
    for (int i = newestFirst.size() - 1; i >= 0; i--) {
      oldestFirst.add(ListedRelease.of(name, newestFirst.get(i)));
    }
    return Listing.of(oldestFirst, true);
  }

  @Override
  public PromotedRelease promote(OptionalLong version) throws IOException {
    String name = requireStudent();
    String path =
        version.isPresent()
            ? "/releases/" + version.getAsLong() + "/promote"
            : "/releases/rollback";
    JsonNode made = json(client.request(path, TIMEOUT).POST(BodyPublishers.noBody()));
    long before = made.path("before").asLong();
    return new PromotedRelease(
        name,
        made.path("version").asLong(),
        before > 0 ? before : null,
        "the trainer announces it");
  }

  /**
   * Fetches a file of a release and compares it with its SHA-256.
   *
   * @param name {@code student.pt} or {@code student.onnx}
   * @param target written or replaced as a whole
   * @param progress is told how many KiB have come
   */
  public String download(long version, String name, Path target, TaskProgress progress)
      throws IOException {
    String unused = requireStudent();
    HttpResponse<InputStream> response =
        send(
            client.request("/releases/" + version + "/" + name, TIMEOUT),
            BodyHandlers.ofInputStream());
    Path draft = target.resolveSibling(target.getFileName() + ".part");
    try (InputStream body = response.body()) {
      if (response.statusCode() != OK) {
        throw refused(response.statusCode(), body.readNBytes(10_000));
      }
      String expected = response.headers().firstValue("ETag").orElse("").replace("\"", "");
      DigestInputStream in = new DigestInputStream(body, Sha256.digest());
      copy(in, draft, response.headers().firstValueAsLong("Content-Length"), progress);
      String sha256 = HexFormat.of().formatHex(in.getMessageDigest().digest());
      if (!sha256.equals(expected)) {
        throw new CommandFailedException(
            name + " is damaged: its sha256 is " + sha256 + ", by its ETag " + expected);
      }
      Files.move(draft, target, StandardCopyOption.REPLACE_EXISTING);
      return sha256;
    } catch (IOException e) {
      throw new CommandFailedException(target + " could not be fetched: " + e, e);
    } finally {
      Files.deleteIfExists(draft);
    }
  }

  private static void copy(InputStream in, Path draft, OptionalLong length, TaskProgress progress)
      throws IOException {
    byte[] buffer = new byte[1 << 16];
    long done = 0;
    try (OutputStream out = Files.newOutputStream(draft)) {
      for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
        out.write(buffer, 0, read);
        done += read;
        if (length.isPresent()) {
          progress.update(done >> 10, length.getAsLong() >> 10);
        } else {
          progress.update(done >> 10);
        }
      }
    } finally {
      progress.clear();
    }
  }

  /** The trainer's student. */
  private String requireStudent() throws IOException {
    String name = json(client.request("/training", TIMEOUT)).path("student").asText();
    if (student.isPresent() && !student.get().equals(name)) {
      throw new StartupException(
          "--student: the releases are of " + name + ", was " + student.get());
    }
    return name;
  }

  private JsonNode json(HttpRequest.Builder request) throws IOException {
    HttpResponse<byte[]> response = send(request, BodyHandlers.ofByteArray());
    if (response.statusCode() != OK) {
      throw refused(response.statusCode(), response.body());
    }
    try {
      return JSON.readTree(response.body());
    } catch (IOException e) {
      throw new CommandFailedException(client.root() + " does not answer as a trainer does", e);
    }
  }

  private <T> HttpResponse<T> send(HttpRequest.Builder request, HttpResponse.BodyHandler<T> body) {
    try {
      return client.send(request, body);
    } catch (IOException e) {
      throw new CommandFailedException("--url: " + e.getMessage(), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new CommandFailedException("interrupted", e);
    }
  }

  /** Busy, or begun: try again or look; all else is refused as it was asked. */
  private RuntimeException refused(int status, byte[] body) {
    String why = ManagementClient.error(body);
    String message = client.root() + " answers " + status + (why.isEmpty() ? "" : ": " + why);
    return status == UNAVAILABLE || status == ACCEPTED
        ? new CommandFailedException(message)
        : new StartupException(message);
  }
}
