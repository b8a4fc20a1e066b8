package io.stillstream.augmenter.fetch;

import java.net.URI;
import java.net.URISyntaxException;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The address of an object in its parts, of which no two programs can think differently: there are
 * no dot segments, neither plain nor encoded, no user, no fragment and no control characters.
 *
 * @param scheme {@code s3}, {@code http}, {@code https} or {@code file}
 * @param host in lower case, with brackets if it is an address of IPv6; the bucket of s3; empty for
 *     a file
 * @param port of http and https, their default if left out; 0 for the others
 * @param path with a slash at its beginning: encoded as in the address for http and https, decoded
 *     for a file, verbatim for s3, where nothing is encoded
 * @param query of http and https, encoded
 */
public record ObjectAddress(
    String scheme, String host, int port, String path, Optional<String> query) {
  private static final int MOST_CHARACTERS = 8192;
  private static final int MOST_ENCODINGS = 3;
  private static final Pattern BUCKET = Pattern.compile("[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]");
  private static final Pattern ASCII = Pattern.compile("[!-~]*");
  private static final int HEXADECIMAL = 16;
  private static final Pattern ENCODED_ASCII = Pattern.compile("%([0-7][0-9a-fA-F])");

  /** ASCII in two bytes, which UTF-8 forbids and some servers decode: %C0%AE is a dot. */
  private static final Pattern OVERLONG = Pattern.compile("%[cC][01]");

  /**
   * Takes an address apart.
   *
   * @throws IllegalArgumentException with the rule that it breaks, such as "must not have a user";
   *     the message has no password and no query
   */
  public static ObjectAddress parse(String text) {
    require(
        text.length() <= MOST_CHARACTERS, "must have at most " + MOST_CHARACTERS + " characters");
    require(text.chars().noneMatch(Character::isISOControl), "must not have control characters");
    int colon = text.indexOf(':');
    String scheme = colon < 0 ? "" : text.substring(0, colon).toLowerCase(Locale.ROOT);
    return switch (scheme) {
      case "s3" -> bucket(text.substring(colon + 1));
      case "http", "https" -> web(scheme, uri(text));
      case "file" -> file(uri(text));
      default -> throw new IllegalArgumentException("must begin with s3:, http:, https: or file:");
    };
  }

  /** The address that a redirect names, which may be relative to this one. */
  public ObjectAddress resolve(String location) {
    return parse(toUri().resolve(uri(location)).toString());
  }

  /** Whether it is one of http or https. */
  public boolean isWeb() {
    return scheme.startsWith("http");
  }

  /** For a request, query included; of http and https only. */
  public URI toUri() {
    return URI.create(this + query.map(text -> "?" + text).orElse(""));
  }

  /** Without the query, which may hold a signature. */
  @Override
  public String toString() {
    boolean usual = port == 0 || port == defaultPort(scheme);
    return scheme + "://" + host + (usual ? "" : ":" + port) + path;
  }

  private static ObjectAddress bucket(String rest) {
    require(rest.startsWith("//"), "must be s3://, a bucket and a key");
    int slash = rest.indexOf('/', 2);
    String bucket = rest.substring(2, slash < 0 ? rest.length() : slash);
    require(BUCKET.matcher(bucket).matches() && slash > 0, "must be s3://, a bucket and a key");
    String path = rest.substring(slash);
    requireNoDots(path);
    return new ObjectAddress("s3", bucket, 0, path, Optional.empty());
  }

  private static ObjectAddress web(String scheme, URI uri) {
    require(uri.getRawUserInfo() == null, "must not have a user or a password");
    require(uri.getHost() != null, "must have the name or the address of a host");
    require(uri.getRawFragment() == null, "must not have a fragment");
    int port = uri.getPort() < 0 ? defaultPort(scheme) : uri.getPort();
    require(port >= 1 && port <= 65_535, "must have a port within 1 and 65535");
    String path = uri.getRawPath().isEmpty() ? "/" : uri.getRawPath();
    require(!path.startsWith("//"), "must not have two slashes after the host");
    requireNoDots(path);
    return new ObjectAddress(
        scheme,
        uri.getHost().toLowerCase(Locale.ROOT),
        port,
        path,
        Optional.ofNullable(uri.getRawQuery()));
  }

  private static ObjectAddress file(URI uri) {
    require(
        uri.getRawAuthority() == null && uri.getRawQuery() == null && uri.getRawFragment() == null,
        "must be file:// and an absolute path, without host and query");
    String path = uri.getPath();
    require(path != null && path.startsWith("/"), "must be file:// and an absolute path");
    require(path.chars().noneMatch(Character::isISOControl), "must not have control characters");
    requireNoDots(uri.getRawPath());
    return new ObjectAddress("file", "", 0, path, Optional.empty());
  }

  private static URI uri(String text) {
    require(ASCII.matcher(text).matches(), "must have spaces and all but ASCII percent-encoded");
    try {
      return new URI(text);
    } catch (URISyntaxException e) {
      throw new IllegalArgumentException("must be a URI", e);
    }
  }

  /**
   * Servers decode once or twice, and not all strictly; some take a backslash for a slash, and some
   * cut off what follows a semicolon.
   */
  private static void requireNoDots(String path) {
    String text = path;
    for (int times = 0; times <= MOST_ENCODINGS; times++) {
      for (String segment : text.split("[/\\\\]", -1)) {
        int end = segment.indexOf(';');
        String name = end < 0 ? segment : segment.substring(0, end);
        require(!name.equals(".") && !name.equals(".."), "must not have . or .. between slashes");
      }
      require(!OVERLONG.matcher(text).find(), "must be encoded as UTF-8");
      String decoded = decoded(text);
      if (decoded.equals(text)) {
        return;
      }
      text = decoded;
    }
    throw new IllegalArgumentException(
        "must not be encoded more than " + MOST_ENCODINGS + " times");
  }

  /** Decoded once, as far as it is ASCII; what is no code of a character stays. */
  private static String decoded(String path) {
    return ENCODED_ASCII
        .matcher(path)
        .replaceAll(
            code ->
                Matcher.quoteReplacement(
                    Character.toString(Integer.parseInt(code.group(1), HEXADECIMAL))));
  }

  private static int defaultPort(String scheme) {
    return switch (scheme) {
      case "http" -> 80;
      case "https" -> 443;
      default -> 0;
    };
  }

  private static void require(boolean isMet, String rule) {
    if (!isMet) {
      throw new IllegalArgumentException(rule);
    }
  }
}
