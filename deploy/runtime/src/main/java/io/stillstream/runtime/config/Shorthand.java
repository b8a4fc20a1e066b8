package io.stillstream.runtime.config;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * The key that a single value is for where a file has one instead of a mapping: on a record with
 * the value {@code min}, {@code updates: 4} is short for {@code updates: {min: 4}}.
 */
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
public @interface Shorthand {
  String value();
}
