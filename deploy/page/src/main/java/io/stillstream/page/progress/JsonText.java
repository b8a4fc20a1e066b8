package io.stillstream.page.progress;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.math.BigDecimal;
import java.math.MathContext;

/** JSON in one line; what is no number becomes null. */
public final class JsonText {
  private static final JsonMapper MAPPER = new JsonMapper();
  private static final MathContext DIGITS = new MathContext(4);

  private JsonText() {}

  public static String of(Object value) {
    try {
      return MAPPER.writeValueAsString(value);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("no JSON can be made of " + value.getClass(), e);
    }
  }

  /** To four digits, which is more than a picture shows; null for NaN and infinities. */
  public static Double number(double value) {
    if (!Double.isFinite(value)) {
      return null;
    }
    return new BigDecimal(value).round(DIGITS).doubleValue();
  }

  /** A whole number; null for NaN and infinities. */
  public static Long whole(double value) {
    return Double.isFinite(value) ? Math.round(value) : null;
  }
}
