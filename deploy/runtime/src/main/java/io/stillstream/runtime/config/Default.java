package io.stillstream.runtime.config;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * The value, as YAML text, that a setting takes when the file does not name it. On a component that
 * is a record itself it is a mapping, and a file may override single keys of it.
 */
@Target(ElementType.RECORD_COMPONENT)
@Retention(RetentionPolicy.RUNTIME)
public @interface Default {
  String value();

  /**
   * Whether the value is a name that the file's {@code topics.prefix} goes before. A name that the
   * file gives itself is taken as it is.
   */
  boolean prefixed() default false;
}
