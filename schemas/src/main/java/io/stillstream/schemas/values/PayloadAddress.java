package io.stillstream.schemas.values;

import java.util.regex.Pattern;

/** Addresses of images, as {@code payloadUri} has them. */
public final class PayloadAddress {
  private static final int LONGEST = 500;

  private static final Pattern QUERY = Pattern.compile("[?#]");

  private PayloadAddress() {}

  /**
   * An address to be shown: without user and password, query and fragment, since these may be
   * secret (a signed address has its signature in the query), and not longer than 500 characters.
   *
   * @param uri as a record has it, whatever it is; null gives null
   */
  public static String shown(String uri) {
    if (uri == null) {
      return null;
    }
    // In an address of s3 all that follows the bucket is the name of the object.
    String place = uri.startsWith("s3:") ? uri : QUERY.split(uri, 2)[0];
    String text = place.length() < uri.length() ? place + "?…" : place;
    int authority = text.indexOf("://") + 3;
    if (authority > 2) {
      int slash = text.indexOf('/', authority);
      int user = text.lastIndexOf('@', slash < 0 ? text.length() : slash);
      if (user >= authority) {
        text = text.substring(0, authority) + "…@" + text.substring(user + 1);
      }
    }
    return text.length() <= LONGEST ? text : text.substring(0, LONGEST) + "…";
  }
}
