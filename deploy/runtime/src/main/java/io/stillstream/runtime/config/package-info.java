/**
 * Settings: a YAML file with environment variables and secret files is bound to immutable records,
 * and printed without secrets. Depends on no other package of this project.
 */
package io.stillstream.runtime.config;
