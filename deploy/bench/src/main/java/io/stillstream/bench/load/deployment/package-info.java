/**
 * The pipeline under load: processes started here or elsewhere, their settings, metrics and topics.
 */
package io.stillstream.bench.load.deployment;
