/** Prometheus and its tool promtool, as processes of a test. */
package io.stillstream.containers.prometheus;
