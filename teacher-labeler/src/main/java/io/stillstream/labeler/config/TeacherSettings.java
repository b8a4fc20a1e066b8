package io.stillstream.labeler.config;

import io.stillstream.runtime.config.Default;
import io.stillstream.runtime.config.SecretRedactor;
import io.stillstream.runtime.config.SettingRanges;
import io.stillstream.runtime.config.Shorthand;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * One teacher in the settings; a path alone is enough for one that this process computes. With a
 * URL, a server of the Open Inference Protocol computes it.
 *
 * @param path model directory, its file, or a directory of such directories, one per version; with
 *     a URL, the directory of the description
 * @param weight of its probabilities in the mean; only the proportion to the others' counts
 * @param url {@code grpc://HOST:PORT}, or {@code grpcs://} with TLS
 * @param model its name on the server
 * @param version on the server; the newest there if left out
 * @param tls how a server with TLS is checked, and what it is shown
 * @param token bearer token; {@code tokenFile} is read for each request, so it may be exchanged
 * @param timeout of a request
 * @param inFlight requests at a time
 * @param input name of the input; may be left out where there is one
 * @param output name of the output; may be left out where there is one
 * @param maxMessageSize bytes of the largest request, and of the largest answer
 */
@Shorthand("path")
public record TeacherSettings(
    Path path,
    @Default("1") double weight,
    Optional<URI> url,
    Optional<String> model,
    Optional<String> version,
    Optional<Tls> tls,
    Optional<String> token,
    Optional<Path> tokenFile,
    Optional<Duration> timeout,
    Optional<Integer> inFlight,
    Optional<String> input,
    Optional<String> output,
    Optional<Integer> maxMessageSize) {
  /** Bearer tokens. */
  public static final Pattern TOKEN = Pattern.compile("[\\x21-\\x7e]+");

  public TeacherSettings {
    List<String> errors = new ArrayList<>();
    check(errors, () -> SettingRanges.requirePositive("weight", weight));
    if (url.isPresent()) {
      checkUrl(url.get(), errors);
      if (model.isEmpty()) {
        errors.add("model is required with a url: its name on the server");
      }
      model.ifPresent(text -> requireText("model", text, errors));
      version.ifPresent(text -> requireText("version", text, errors));
      input.ifPresent(text -> requireText("input", text, errors));
      output.ifPresent(text -> requireText("output", text, errors));
      if (tls.isPresent() && !"grpcs".equals(url.get().getScheme())) {
        errors.add("tls must be left out with a url of grpc://; grpcs:// is with TLS");
      }
      if (token.isPresent() && tokenFile.isPresent()) {
        errors.add("token must be left out beside token-file");
      }
      token.ifPresent(
          text -> {
            if (!TOKEN.matcher(text).matches()) {
              errors.add("token must be printable ASCII without spaces");
            }
          });
      timeout.ifPresent(
          time -> check(errors, () -> SettingRanges.requirePositive("timeout", time)));
      inFlight.ifPresent(
          many -> check(errors, () -> SettingRanges.requireWithin(1, 256, "in-flight", many)));
      maxMessageSize.ifPresent(
          bytes ->
              check(
                  errors,
                  () ->
                      SettingRanges.requireWithin(
                          RemoteTeacherSettings.LEAST_MESSAGE_SIZE,
                          RemoteTeacherSettings.MOST_MESSAGE_SIZE,
                          "max-message-size",
                          bytes)));
    } else {
      refuse("model", model, errors);
      refuse("version", version, errors);
      refuse("tls", tls, errors);
      refuse("token", token, errors);
      refuse("token-file", tokenFile, errors);
      refuse("timeout", timeout, errors);
      refuse("in-flight", inFlight, errors);
      refuse("input", input, errors);
      refuse("output", output, errors);
      refuse("max-message-size", maxMessageSize, errors);
    }
    if (!errors.isEmpty()) {
      throw new IllegalArgumentException(String.join("\n", errors));
    }
  }

  /** A teacher that this process computes. */
  public TeacherSettings(Path path, double weight) {
    this(
        path,
        weight,
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty());
  }

  /**
   * PEM files for TLS, all optional.
   *
   * @param ca who may sign the server's certificate; the JVM's authorities if left out
   * @param certificate the labeler's own, with those that have signed it, if the server asks for
   *     one
   * @param key of it, PKCS #8, not encrypted
   * @param serverName that the server's certificate must name; the URL's host if left out
   */
  public record Tls(
      Optional<Path> ca,
      Optional<Path> certificate,
      Optional<Path> key,
      Optional<String> serverName) {
    public Tls {
      if (certificate.isPresent() != key.isPresent()) {
        throw new IllegalArgumentException("certificate must be given together with key");
      }
    }
  }

  /** How its server is asked; empty for a teacher that this process computes. */
  public Optional<RemoteTeacherSettings> remote() {
    return url.map(
        uri ->
            new RemoteTeacherSettings(
                path,
                uri,
                model.orElseThrow(),
                version,
                tls.orElse(
                    new Tls(
                        Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty())),
                token,
                tokenFile,
                timeout.orElse(RemoteTeacherSettings.TIMEOUT),
                inFlight.orElse(RemoteTeacherSettings.IN_FLIGHT),
                input,
                output,
                maxMessageSize.orElse(RemoteTeacherSettings.MAX_MESSAGE_SIZE)));
  }

  /** Without the token. */
  @Override
  public String toString() {
    return "TeacherSettings[path=%s, weight=%s, url=%s, model=%s, version=%s]"
        .formatted(path, weight, url, model, version);
  }

  private static void checkUrl(URI url, List<String> errors) {
    boolean fine =
        ("grpc".equals(url.getScheme()) || "grpcs".equals(url.getScheme()))
            && url.getHost() != null
            && url.getPort() > 0
            && url.getPort() < 65_536
            && url.getUserInfo() == null
            && url.getPath().isEmpty()
            && url.getQuery() == null
            && url.getFragment() == null;
    if (!fine) {
      errors.add(
          "url must be grpc://HOST:PORT or grpcs://HOST:PORT, was "
              + SecretRedactor.redact("url", url.toString()));
    }
  }

  private static void requireText(String key, String text, List<String> errors) {
    check(errors, () -> SettingRanges.requireText(key, text));
  }

  private static void refuse(String key, Optional<?> value, List<String> errors) {
    if (value.isPresent()) {
      errors.add(key + " must be left out without a url");
    }
  }

  private static void check(List<String> errors, Runnable rule) {
    try {
      rule.run();
    } catch (IllegalArgumentException e) {
      errors.add(e.getMessage());
    }
  }
}
