/** What the labeler measures, as interfaces and as Micrometer meters. */
package io.stillstream.labeler.metrics;
